// Keeps a mistake in one screen from taking the app. Says what happened and gives the two ways out.
import { Component, type ReactNode } from 'react'
import { Answers, Button } from '../ui/button.tsx'

type Props = { children: ReactNode; resetKey: string }
type State = { error: Error | null; resetKey: string }

/** Shows its children until one throws; tries again when `resetKey` (the address) changes. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null, resetKey: this.props.resetKey }

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }

  static getDerivedStateFromProps(props: Props, state: State): Partial<State> | null {
    return props.resetKey === state.resetKey ? null : { error: null, resetKey: props.resetKey }
  }

  override render() {
    const { error } = this.state
    if (!error) return this.props.children
    return (
      <div className="app-message" role="alert">
        <h1 className="type-sheet">This screen stopped</h1>
        <p>The agent is not touched by it. Nothing you sent is lost. Load the page again to go on.</p>
        <pre className="app-message-cause">{error.message}</pre>
        <Answers>
          <Button kind="quiet" onClick={() => this.setState({ error: null })}>
            Try this screen again
          </Button>
          <Button onClick={() => window.location.reload()}>Load the page again</Button>
        </Answers>
      </div>
    )
  }
}
