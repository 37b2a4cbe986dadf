import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { answerDecision } from '../../server/store/answers.ts'
import { endSession } from '../../server/store/attachments.ts'
import { type CommandRow, findCommands } from '../../server/store/commands.ts'
import {
  type Decision,
  type DecisionCursor,
  type DecisionRow,
  decisionRevisions,
  findDecision,
  findDecisionRows,
  listDecisions,
  openDecisions,
} from '../../server/store/decisions.ts'
import { acknowledgeCommands, type SettledState, settleCommand } from '../../server/store/delivery.ts'
import { findSession } from '../../server/store/sessions.ts'
import {
  attach,
  newDecisionId,
  newKey,
  type OpenSession,
  opened,
  type Person,
  type Place,
  person,
  places,
  push,
  refusalOf,
  settled,
  silent,
} from './place.ts'

describe.each(places)('decisions on %s', (_name, open) => {
  let place: Place
  let who: Person
  let session: OpenSession
  let decisionId: string
  beforeAll(async () => {
    place = await open()
    who = await person(place.database)
  })
  afterAll(() => place?.close())
  beforeEach(async () => {
    session = await attach(place.database, who)
    decisionId = newDecisionId()
    await push(place.database, who, session, [opened(1, decisionId)])
  })

  type How = { key?: string; epoch?: number; isDeny?: boolean; by?: Person['phone']; handle?: Place['database'] }
  const answer = ({ key, epoch = 1, isDeny = false, by = who.phone, handle = place.database }: How = {}) =>
    handle.transaction((tx) =>
      answerDecision(tx, silent, {
        ...{ ownerId: who.ownerId, hostId: who.hostId, sessionId: session.id, device: by, key: key ?? newKey() },
        ...{ kind: 'AnswerPermission', proof: null, expiresInSeconds: 86_400, decisionId, epoch, isDeny },
        value: { decisionId, epoch, optionId: isDeny ? 'no' : 'once', evidenceDigest: null, reason: null },
      }),
    )
  const settle = (row: CommandRow, state: SettledState) =>
    place.database.transaction((tx) => settleCommand(tx, silent, who, { id: row.id, state, refusal: null }))
  const decision = async (): Promise<DecisionRow> => {
    const [row] = await place.database.read((tx) => findDecisionRows(tx, [`${session.id}/${decisionId}`]))
    if (!row) throw new Error('no decision')
    return row
  }
  const now = async (row: CommandRow): Promise<string | undefined> =>
    (await place.database.read((tx) => findCommands(tx, [row.id])))[0]?.state

  it('[D1] what was asked is read back word for word, with every option', async () => {
    const found = await place.database.read((tx) => findDecision(tx, session.id, decisionId))
    expect(found?.asked).toMatchObject({ evidence: 'rm -rf build', options: [{ id: 'once' }, { id: 'no' }] })
    expect(found).toMatchObject({ state: 'OPEN', epoch: 1, openedSeq: 1, proposalId: null })
  })

  it('[D2] of a hundred answers at once one is the proposal and ninety-nine have lost', async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        answer({ by: index % 3 ? who.phone : who.tablet, handle: index % 2 ? place.database : place.other }),
      ),
    )
    const [winner, ...others] = answers.filter((row) => row.state === 'QUEUED')
    expect(others).toEqual([])
    expect(answers.filter((row) => row.state === 'SUPERSEDED')).toHaveLength(99)
    expect((await decision()).proposalId).toBe(winner?.id)
    expect(answers.map((row) => row.number).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 100 }, (_, index) => index + Math.min(...answers.map((row) => row.number))),
    )
  })

  it('[D2] a proposal that ends REFUSED, EXPIRED or UNKNOWN reopens the decision; one that is APPLIED holds it', async () => {
    for (const end of ['REFUSED', 'EXPIRED', 'UNKNOWN'] as const) {
      const proposal = await answer()
      expect(proposal.state).toBe('QUEUED')
      await settle(proposal, end)
      expect(await decision()).toMatchObject({ state: 'OPEN', proposalId: null })
    }
    const proposal = await answer()
    await settle(proposal, 'APPLIED')
    expect((await answer()).state).toBe('SUPERSEDED')
    expect((await answer({ isDeny: true })).state).toBe('SUPERSEDED')
  })

  it('[D2] a deny takes the place of an approve that is not applied, and never of a deny', async () => {
    const approve = await answer()
    const deny = await answer({ isDeny: true, by: who.tablet })
    expect([await now(approve), deny.state]).toEqual(['SUPERSEDED', 'QUEUED'])
    expect((await decision()).proposalId).toBe(deny.id)
    expect((await answer({ isDeny: true })).state).toBe('SUPERSEDED')
    expect((await answer()).state).toBe('SUPERSEDED')
  })

  it('[D3] an approve that the host has fetched may win over a deny that came after it: the host says, and the winner is no loser', async () => {
    const approve = await answer()
    await place.database.transaction((tx) => acknowledgeCommands(tx, silent, who, [approve.id]))
    const deny = await answer({ isDeny: true, by: who.tablet })
    expect([await now(approve), deny.state]).toEqual(['DELIVERED', 'QUEUED'])
    expect((await decision()).proposalId).toBe(deny.id)
    await push(place.database, who, session, [settled(2, decisionId, approve.id)])
    expect((await settle(approve, 'APPLIED')).state).toBe('APPLIED')
    expect(await now(deny)).toBe('SUPERSEDED')
    expect(await decision()).toMatchObject({ winnerCommandId: approve.id, outcome: 'ANSWERED' })
  })

  it('[D2] a deny racing the host that applies the approve ends with one of the two, never with both', async () => {
    for (let round = 0; round < 10; round++) {
      session = await attach(place.database, who)
      decisionId = newDecisionId()
      await push(place.database, who, session, [opened(1, decisionId)])
      const approve = await answer()
      const [applied, denied] = await Promise.allSettled([
        settle(approve, 'APPLIED'),
        answer({ isDeny: true, handle: place.other }),
      ])
      const denyWon = denied.status === 'fulfilled' && denied.value.state === 'QUEUED'
      expect(denyWon).toBe(applied.status === 'rejected')
      expect(await now(approve)).toBe(denyWon ? 'SUPERSEDED' : 'APPLIED')
    }
  })

  it('[D4] an answer to another epoch has lost, and the same id cannot open twice', async () => {
    expect((await answer({ epoch: 2 })).state).toBe('SUPERSEDED')
    expect((await decision()).proposalId).toBeNull()
    const twice = push(place.database, who, session, [opened(2, decisionId)])
    expect(await refusalOf(twice)).toMatchObject({ code: 'EVENT_REFUSED', seq: 2 })
  })

  it('[D3] the host names the winner: every other answer is SUPERSEDED and an answer after that loses at once', async () => {
    const approve = await answer()
    await push(place.database, who, session, [settled(2, decisionId)])
    expect(await now(approve)).toBe('SUPERSEDED')
    expect(await decision()).toMatchObject({
      state: 'SETTLED',
      outcome: 'ANSWERED',
      surface: 'TERMINAL',
      proposalId: null,
    })
    const late = await answer({ by: who.tablet })
    expect(late.state).toBe('SUPERSEDED')
  })

  it('[D3] the winning answer stays the host to settle, and its settlement is told to those that had lost before', async () => {
    const winner = await answer()
    const loser = await answer({ by: who.tablet })
    await push(place.database, who, session, [settled(2, decisionId, winner.id)])
    expect([await now(winner), await now(loser)]).toEqual(['QUEUED', 'SUPERSEDED'])
    const [told] = await place.database.read((tx) => findCommands(tx, [loser.id]))
    expect(told?.revision).toBeGreaterThan(loser.revision)
    expect((await settle(winner, 'APPLIED')).state).toBe('APPLIED')
    expect(await decision()).toMatchObject({ winnerCommandId: winner.id, state: 'SETTLED' })
  })

  it('[D3] pushes that settle and answers that arrive cross without a deadlock', async () => {
    const rounds = Array.from({ length: 8 }, async () => {
      const own = await attach(place.database, who)
      const ids = Array.from({ length: 5 }, newDecisionId)
      await push(
        place.database,
        who,
        own,
        ids.map((id, index) => opened(index + 1, id)),
      )
      const answers = ids.map((id) =>
        place.other.transaction((tx) =>
          answerDecision(tx, silent, {
            ...{ ownerId: who.ownerId, hostId: who.hostId, sessionId: own.id, device: who.phone, key: newKey() },
            ...{ kind: 'AnswerPermission', proof: null, expiresInSeconds: 60, decisionId: id, epoch: 1, isDeny: false },
            value: {},
          }),
        ),
      )
      const settling = push(
        place.database,
        who,
        own,
        ids
          .map((id, index) => settled(index + 6, id))
          .reverse()
          .map((one, index) => ({ ...one, seq: index + 6 })),
      )
      await Promise.all([settling, ...answers])
      return place.database.read((tx) => openDecisions(tx, [own.id]))
    })
    expect((await Promise.all(rounds)).flat()).toEqual([])
  })

  it('[D2] a newer epoch and the end of the session withdraw what is open, and its answers lose', async () => {
    const proposal = await answer()
    const next = await attach(place.database, who, { id: session.id, epoch: 2 })
    expect(await decision()).toMatchObject({ state: 'SETTLED', outcome: 'WITHDRAWN', proposalId: null })
    expect(await now(proposal)).toBe('SUPERSEDED')
    const another = newDecisionId()
    await push(place.database, who, next, [opened(2, another)])
    const end = { sessionId: session.id, epoch: 2, reason: 'quit' }
    await place.database.transaction((tx) => endSession(tx, silent, who, end))
    decisionId = another
    expect(await decision()).toMatchObject({ outcome: 'WITHDRAWN', reason: 'quit' })
    expect((await answer({ epoch: 2 })).state).toBe('SUPERSEDED')
    expect((await place.database.read((tx) => findSession(tx, who.ownerId, session.id)))?.state).toBe('ENDED')
  })

  it('[D3] the journal of a host that died knows better than a withdrawal that was assumed at the next attachment', async () => {
    const winner = await answer()
    await place.database.transaction((tx) => acknowledgeCommands(tx, silent, who, [winner.id]))
    const next = await attach(place.database, who, { id: session.id, epoch: 2 })
    expect(await decision()).toMatchObject({ state: 'SETTLED', outcome: 'WITHDRAWN', isAssumed: true })
    expect(await now(winner)).toBe('DELIVERED')
    await push(place.database, who, next, [settled(2, decisionId, winner.id)])
    const truth = { state: 'SETTLED', outcome: 'ANSWERED', winnerCommandId: winner.id, isAssumed: false, reason: null }
    expect(await decision()).toMatchObject(truth)
    expect((await settle(winner, 'APPLIED')).state).toBe('APPLIED')
    // Said once, it stands.
    await push(place.database, who, next, [settled(3, decisionId)])
    expect(await decision()).toMatchObject(truth)
  })

  it('[C1] the same key answers once, also after it has won, lost or settled', async () => {
    const key = newKey()
    const first = await answer({ key })
    const again = await Promise.all(Array.from({ length: 10 }, () => answer({ key, handle: place.other })))
    expect(new Set(again.map((row) => row.id))).toEqual(new Set([first.id]))
    await push(place.database, who, session, [settled(2, decisionId)])
    expect(await answer({ key })).toMatchObject({ id: first.id, state: 'SUPERSEDED' })
  })

  it('[D1] the inbox pages over all sessions of one owner, and of no other', async () => {
    const own = await person(place.database)
    const ids: string[] = []
    for (let count = 0; count < 3; count++) {
      const one = await attach(place.database, own)
      const two = [newDecisionId(), newDecisionId()] as const
      ids.push(...two)
      await push(place.database, own, one, [opened(1, two[0]), opened(2, two[1])])
    }
    const filter = { ownerId: own.ownerId, state: 'OPEN' as const }
    const seen: string[] = []
    let after: DecisionCursor | null = null
    for (;;) {
      const page: Parameters<typeof listDecisions>[2] = { after, before: null, limit: 4, backward: false }
      const rows: Decision[] = await place.database.read((tx) => listDecisions(tx, filter, page))
      seen.push(...rows.map((row) => row.id))
      const last = rows.at(-1)
      if (!last) break
      after = { openedAt: last.openedAt, sessionId: last.sessionId, id: last.id }
    }
    expect(seen.sort()).toEqual(ids.sort())
    expect((await place.database.read((tx) => decisionRevisions(tx, { ownerId: own.ownerId }))).size).toBe(6)
    expect(
      (
        await place.database.read((tx) =>
          listDecisions(tx, { ...filter, ownerId: 'nobody' }, { after: null, before: null, limit: 9, backward: false }),
        )
      ).length,
    ).toBe(0)
  })
})
