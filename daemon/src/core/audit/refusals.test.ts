import { describe, expect, it } from 'vitest'
import { createAccessHarness } from '#test/access-harness.ts'

const listed = ({ auditLog, access }: ReturnType<typeof createAccessHarness>) =>
  auditLog.list(access.rootActor(), { cursor: undefined, limit: 1_000 }).items

describe('refusals', () => {
  it('are written down as long as somebody reads them: not a thousand of one in a minute', () => {
    const harness = createAccessHarness()
    const { access, addUser, pass, teamId } = harness
    const actors = ['vera', 'victor'].flatMap((name) => {
      const { id } = addUser(name, 'viewer')
      return access.actors.inTeam(id, teamId, '192.0.2.7') ?? []
    })
    const [vera, victor] = actors
    if (!vera || !victor) throw new Error('they are not there')
    const of = (name: string) => listed(harness).filter(({ actor }) => actor === name)

    for (let at = 0; at < 500; at += 1)
      access.noteDenied(vera, 'app.destroy', `DELETE /apps/app-${at}`)
    access.noteDenied(victor, 'app.destroy', 'DELETE /apps/blog')

    expect(of('vera')).toHaveLength(60)
    expect(of('vera')[0]?.details).toEqual({ more: 'not written down in this minute' })
    expect(of('victor')).toHaveLength(1)
    pass(60_000)
    access.noteDenied(vera, 'app.destroy', 'DELETE /apps/blog')
    expect(of('vera')).toHaveLength(61)
  })
})

describe('failed sign-ins', () => {
  it('beyond what is kept are counted, and are nobody’s', () => {
    const harness = createAccessHarness()
    const { access } = harness
    for (let at = 0; at < 510; at += 1)
      access.noteFailure(`10.0.${at >> 8}.${at & 255}`, 'session.sign-in', `user-${at}`)

    access.flushFailures()

    const [last, ...others] = listed(harness).filter(({ result }) => result === 'failed')
    expect(last).toMatchObject({ actor: 'others', target: 'others', address: null })
    expect(last?.details).toEqual({ times: 10 })
    expect(others.every(({ details }) => details['times'] === undefined)).toBe(true)
  })
})
