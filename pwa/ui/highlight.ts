// Syntax colours as runs of text per line: four hues, no markup. The grammars arrive later; until then, and for what they do not
// know, text is plain. Knows no component.
import { useSyncExternalStore } from 'react'

export type Hue = 'key' | 'string' | 'number' | 'comment'
export type Run = { text: string; hue?: Hue | undefined }

type Lowlight = typeof import('./grammars.ts')['lowlight']
type Content = ReturnType<Lowlight['highlight']>['children'][number]
let loaded: Lowlight | undefined
let loading: Promise<void> | undefined
const waiting = new Set<() => void>()

/** Fetches the grammars once. Resolves also when they cannot be had: code is then plain, and the next call tries again. */
export function loadGrammars(): Promise<void> {
  loading ??= import('./grammars.ts').then(
    (grammars) => {
      loaded = grammars.lowlight
      for (const tell of waiting) tell()
    },
    () => {
      loading = undefined
    },
  )
  return loading
}

// Beyond this a phone would stop for it.
const mostCharacters = 60_000

const hues: Record<string, Hue> = {
  keyword: 'key',
  literal: 'key',
  type: 'key',
  built_in: 'key',
  'selector-tag': 'key',
  name: 'key',
  attr: 'key',
  attribute: 'key',
  section: 'key',
  string: 'string',
  regexp: 'string',
  symbol: 'string',
  number: 'number',
  comment: 'comment',
  doctag: 'comment',
  quote: 'comment',
  meta: 'comment',
}

// Object keys in code are not keywords; in data and markup they are what one looks for.
const plainKeys = new Set(['typescript', 'javascript'])

function flatten(nodes: readonly Content[], language: string, hue: Hue | undefined, runs: Run[]): void {
  for (const node of nodes) {
    if (node.type === 'text') runs.push({ text: node.value, hue })
    else if (node.type === 'element') {
      const names = node.properties.className
      const scope = Array.isArray(names) ? String(names[0] ?? '').replace('hljs-', '') : ''
      // Inside a template string the substitution is code again.
      const plain = scope === 'subst' || (scope === 'attr' && plainKeys.has(language))
      flatten(node.children, language, plain ? undefined : (hues[scope] ?? hue), runs)
    }
  }
}

/** Each line's runs; joining their texts by line gives `code` back. Plain while the grammars are not here. */
export function highlightLines(code: string, language: string | undefined): Run[][] {
  const known = language && code.length <= mostCharacters && loaded?.registered(language)
  const runs: Run[] = []
  if (known && loaded) flatten(loaded.highlight(language, code).children, language, undefined, runs)
  else runs.push({ text: code })
  const lines: Run[][] = [[]]
  for (const run of runs) {
    for (const [index, text] of run.text.split('\n').entries()) {
      if (index > 0) lines.push([])
      if (text !== '') lines.at(-1)?.push({ text, hue: run.hue })
    }
  }
  return lines
}

/** True once the grammars are here; asks for them if `wanted`. */
export function useGrammars(wanted: boolean): boolean {
  return useSyncExternalStore(
    (tell) => {
      if (!wanted) return () => {}
      waiting.add(tell)
      void loadGrammars()
      return () => waiting.delete(tell)
    },
    () => loaded !== undefined,
    () => loaded !== undefined,
  )
}

const byEnding: Record<string, string> = {
  ts: 'typescript',
  tsx: 'typescript',
  mts: 'typescript',
  cts: 'typescript',
  js: 'javascript',
  jsx: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  json: 'json',
  py: 'python',
  sh: 'bash',
  bash: 'bash',
  zsh: 'bash',
  sql: 'sql',
  css: 'css',
  html: 'xml',
  xml: 'xml',
  svg: 'xml',
  yml: 'yaml',
  yaml: 'yaml',
  go: 'go',
  rs: 'rust',
  java: 'java',
}

/** The grammar for a file, by its ending; undefined when there is none. */
export function languageOf(path: string): string | undefined {
  return byEnding[path.slice(path.lastIndexOf('.') + 1).toLowerCase()]
}
