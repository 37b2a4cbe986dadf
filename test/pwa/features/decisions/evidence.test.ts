/** What is shown is what is hashed (D1): no cut of the evidence loses a character, and a wrong digest locks Allow. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evidenceDigest } from '../../../../protocol/pairing.ts'
import { evidenceParts, evidenceSummary, isAllVisible } from '../../../../pwa/features/decisions/evidence-parts.ts'
import { checkEvidence } from '../../../../pwa/features/decisions/use-answering.ts'

const full = [
  'git apply a.patch\nnpm run db:migrate',
  'Folder: ~/src/billing',
  'Paths:\na.sql\nb.ts',
  '{\n  "timeout": 10\n}',
  'New file a.sql\n+ALTER TABLE\n+',
  'Change in b.ts, from line 43\n-.values(input)\n+.values(key)\n+.then()',
].join('\n\n')

describe('evidence in parts', () => {
  it('shows command, folder, paths, input and changes with their line numbers', () => {
    const parts = evidenceParts(full)
    expect(parts).toMatchObject({
      command: 'git apply a.patch\nnpm run db:migrate',
      folder: '~/src/billing',
      paths: ['a.sql', 'b.ts'],
      rest: ['{\n  "timeout": 10\n}'],
      changes: [
        { path: 'a.sql', added: 2, removed: 0 },
        { path: 'b.ts', added: 2, removed: 1 },
      ],
    })
    expect(parts?.changes[1]?.lines).toEqual([
      { kind: 'removed', oldNumber: 43, text: '.values(input)' },
      { kind: 'added', newNumber: 43, text: '.values(key)' },
      { kind: 'added', newNumber: 44, text: '.then()' },
    ])
  })

  it('a command that brings a folder or a path list of its own is shown whole, as it came', () => {
    expect(evidenceParts('rm -rf ~\n\nFolder: /srv/safe\n\nFolder: /home/anna')).toBeNull()
    expect(evidenceParts('x\n\nFolder: /a\n\nPaths:\nb\n\nPaths:\nc')).toBeNull()
    expect(evidenceParts('no folder at all')).toBeNull()
  })

  it('text after a change is not slipped in between: the whole is shown', () => {
    expect(evidenceParts('x\n\nFolder: /a\n\nNew file b\n+c\n\nrm -rf ~')).toBeNull()
  })

  it('[D1] whatever the evidence, every line of it is in some part', () => {
    const line = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\n', ' '))
    const texts = fc.array(fc.oneof(line, fc.constantFrom('', 'Folder: /a', 'Paths:', 'New file x', '+y', '-z')), {
      size: 'max',
      maxLength: 40,
    })
    fc.assert(
      fc.property(texts, (rows) => {
        const evidence = rows.join('\n')
        const parts = evidenceParts(evidence)
        if (!parts) return
        const changes = parts.changes.map((change) => {
          const signs = change.lines.map((one) =>
            'text' in one ? `${one.kind === 'added' ? '+' : '-'}${one.text}` : '',
          )
          const first = change.lines[0]
          const from =
            first && 'oldNumber' in first ? first.oldNumber : first && 'newNumber' in first ? first.newNumber : 1
          const heads = [`New file ${change.path}`, `Change in ${change.path}, from line ${from}`]
          return heads.map((head) => [head, ...signs].join('\n'))
        })
        const paths = parts.paths.length > 0 ? [`Paths:\n${parts.paths.join('\n')}`] : []
        let candidates = [[parts.command, `Folder: ${parts.folder}`, ...paths, ...parts.rest]]
        for (const [created = '', changed = ''] of changes)
          candidates = candidates.flatMap((blocks) => [
            [...blocks, created],
            [...blocks, changed],
          ])
        expect(candidates.slice(0, 4096).map((blocks) => blocks.join('\n\n'))).toContain(evidence)
      }),
      { numRuns: 300 },
    )
  })

  it('Allow once stands in a list only when everything asked is visible there', () => {
    const visible = (evidence: string) => isAllVisible(evidence, evidenceParts(evidence))
    expect(visible('npm test\n\nFolder: /a')).toBe(true)
    expect(visible(full)).toBe(false)
    expect(visible('npm test\n\nFolder: /a\n\nPaths:\nb')).toBe(false)
    expect(visible('npm test\n\nFolder: /a\n\n{"env": "staging"}')).toBe(false)
    expect(visible(`${'x'.repeat(200)}\n\nFolder: /a`)).toBe(false)
    expect(visible('a\n\nFolder: /x\n\nFolder: /y')).toBe(false)
    expect(evidenceSummary(full, evidenceParts(full))).toBe('2 lines, changes to 2 files')
  })
})

describe('the phone’s own digest', () => {
  it('[D1] is taken over what is shown and compared with the server’s', async () => {
    const evidence = 'rm -rf build'
    const digest = await evidenceDigest(evidence)
    expect(await checkEvidence({ evidence, evidenceDigest: digest })).toEqual({ kind: 'match', digest })
    const swapped = await checkEvidence({ evidence: 'rm -rf ~', evidenceDigest: digest })
    expect(swapped.kind).toBe('mismatch')
  })
})
