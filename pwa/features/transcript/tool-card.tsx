// One tool call as a row that opens: its diff, output or input, and who allowed it.
import { memo, useMemo } from 'react'
import { Age } from '../../ui/age.tsx'
import { lengthWords } from '../../ui/age-words.ts'
import { CodeBlock } from '../../ui/code-block.tsx'
import { CommandBlock } from '../../ui/command-block.tsx'
import { Diff, DiffCounts } from '../../ui/diff.tsx'
import { diffOfTexts, type FileDiff } from '../../ui/diff-lines.ts'
import { Markdown } from '../../ui/markdown.tsx'
import { PathText } from '../../ui/middle-cut.tsx'
import { ToolRow } from '../../ui/tool-row.tsx'
import { BodyText } from './body-view.tsx'
import { DecisionLine } from './decision-line.tsx'
import type { ToolCall, ToolContent } from './items/shape.ts'
import { Output } from './output.tsx'
import { ShownBlock } from './shown-block.tsx'
import { commandOf, fieldsOf, pathWithin, resultWords, toolLine, toolState } from './tool-words.ts'
import { useTranscript } from './transcript-context.tsx'

/** A command shorter than this stands whole in its row on most screens. */
const SHORT_COMMAND = 32
/** Lengths below this are not worth a number. */
const NOTABLE_MS = 2_000

function filesOf(call: ToolCall, cwd: string): FileDiff[] {
  return (call.content ?? []).flatMap((one) =>
    one.type === 'diff' && one.newTextBody === null && one.oldTextBody === null
      ? [diffOfTexts(pathWithin(cwd, one.path ?? ''), one.oldText, one.newText)]
      : [],
  )
}

/** What the command wrote, from whichever field the agent uses. */
function outputOf(call: ToolCall): string | null {
  if (call.rawOutput === null) return null
  const fields = fieldsOf(call.rawOutput)
  for (const name of ['output', 'stdout', 'aggregated_output', 'formatted_output', 'content', 'error']) {
    const value = fields[name]
    if (typeof value === 'string' && value !== '') return value
  }
  return call.rawOutput
}

function Content({ one, call }: { one: ToolContent; call: ToolCall }) {
  if (one.type === 'diff') {
    // Too large to lay side by side before it is asked for: the new text's beginning, with the way to all of it.
    if (one.newTextBody === null && one.oldTextBody === null) return null
    return (
      <BodyText text={one.newText ?? ''} body={one.newTextBody}>
        {(text) => <CodeBlock code={text} language={undefined} />}
      </BodyText>
    )
  }
  if (one.block) {
    if (one.block.type !== 'text') return <ShownBlock block={one.block} />
    const asOutput = call.kind === 'execute' || call.kind === 'search' || call.kind === 'read'
    return (
      <BodyText text={one.block.text ?? ''} body={one.block.textBody}>
        {(text, partial) =>
          asOutput ? (
            <Output text={text} partial={partial} />
          ) : (
            <div className="tr-inside">
              <Markdown text={text} />
            </div>
          )
        }
      </BodyText>
    )
  }
  return one.json === null ? null : <Output text={one.json} wrap />
}

function Inside({ call, files }: { call: ToolCall; files: readonly FileDiff[] }) {
  const command = call.kind === 'execute' ? commandOf(call) : null
  const others = (call.content ?? []).filter(
    (one) => one.type !== 'diff' || one.newTextBody !== null || one.oldTextBody !== null,
  )
  const said = others.some((one) => one.block?.text || one.block?.body || one.newTextBody || one.json)
  const output = said || files.length > 0 ? null : outputOf(call)
  const showInput = !said && output === null && files.length === 0 && command === null && call.rawInput !== null
  return (
    <>
      {command !== null && (command.length > SHORT_COMMAND || command.includes('\n')) && (
        <div className="tr-inside">
          <CommandBlock text={command} />
        </div>
      )}
      {files.length > 0 && <Diff files={files} foldAfter={30} names={files.length > 1} />}
      {others.map((one, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: contents have no identity but their place
        <Content key={index} one={one} call={call} />
      ))}
      {output !== null && output !== '' && (
        <BodyText text={output} body={call.rawOutputBody}>
          {(text, partial) => <Output text={text} partial={partial} />}
        </BodyText>
      )}
      {showInput && call.rawInput !== null && (
        <BodyText text={call.rawInput} body={call.rawInputBody}>
          {(text, partial) => <Output text={text} partial={partial} wrap />}
        </BodyText>
      )}
    </>
  )
}

function hasInside(call: ToolCall, files: readonly FileDiff[]): boolean {
  const command = call.kind === 'execute' ? commandOf(call) : null
  if (files.length > 0 || (command !== null && command.length > SHORT_COMMAND)) return true
  if (call.rawOutput !== null && call.rawOutput !== '') return true
  if (call.content?.some((one) => one.block || one.newTextBody || one.json)) return true
  return call.rawInput !== null && call.kind !== 'execute' && toolLine(call, '').argument === null
}

function Result({ call, files }: { call: ToolCall; files: readonly FileDiff[] }) {
  const state = toolState(call)
  const words = resultWords(call)
  // While a person is asked nothing runs.
  if (state === 'asks') return <span>waits</span>
  if (state === 'running') return <Age since={call.startedAt} />
  if (words !== null) return <span>{words}</span>
  if (files.length > 0) {
    const added = files.reduce((sum, file) => sum + file.added, 0)
    const removed = files.reduce((sum, file) => sum + file.removed, 0)
    return <DiffCounts added={added} removed={removed} />
  }
  const lasted = call.endedAt === null ? 0 : Date.parse(call.endedAt) - Date.parse(call.startedAt)
  return call.kind === 'execute' && lasted >= NOTABLE_MS ? <span>{lengthWords(lasted)}</span> : null
}

/** Drawn again only when the call itself changed. */
export const ToolCard = memo(function ToolCard({ call }: { call: ToolCall }) {
  const { cwd, standsBelow } = useTranscript()
  const files = useMemo(() => filesOf(call, cwd), [call, cwd])
  const { icon, verb, argument } = toolLine(call, cwd)
  const settled = call.decisions.filter((decision) => decision.settled !== null)
  const open = call.decisions.filter((decision) => decision.settled === null)
  return (
    <>
      <ToolRow
        icon={icon}
        verb={verb}
        argument={
          argument === null ? undefined : argument.kind === 'path' ? <PathText path={argument.text} /> : argument.text
        }
        result={<Result call={call} files={files} />}
        state={toolState(call)}
      >
        {settled.length > 0 || hasInside(call, files) ? (
          <>
            {settled.map((decision) => (
              <DecisionLine key={decision.key} decision={decision} inTool />
            ))}
            <Inside call={call} files={files} />
          </>
        ) : undefined}
      </ToolRow>
      {open
        .filter((decision) => !standsBelow.has(decision.decisionId))
        .map((decision) => (
          <DecisionLine key={decision.key} decision={decision} inTool />
        ))}
    </>
  )
})
