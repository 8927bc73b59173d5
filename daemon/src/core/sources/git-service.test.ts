import { PassThrough } from 'node:stream'
import type { Actor } from '@vastrox/shared/actor.ts'
import { describe, expect, it } from 'vitest'
import { createGitService } from '#core/sources/git-service.ts'
import { FLUSH, pktLine } from '#lib/pkt-line.ts'
import { owner } from '#test/fakes/actors.ts'
import { createFakeApps } from '#test/fakes/apps-for-git.ts'

const BUSY = 'Too many pushes and clones are under way.'
const [ZERO, SHA] = ['0'.repeat(40), 'a'.repeat(40)]

/** A git whose sessions last until the test ends them. */
function setUp() {
  const ends: (() => void)[] = []
  const session = (): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>()
    ends.push(resolve)
    return promise
  }
  const apps = createFakeApps()
  apps.create(owner(), { name: 'hello' })
  const git = createGitService({
    apps,
    transport: { advertise: async () => FLUSH, receive: session, upload: session, serve: session },
    sourceControl: { ensureRepository: async () => {} },
    receivePush: async () => [],
    onDenied: () => {},
  })
  const streams = (input: Buffer) => {
    const from = new PassThrough()
    from.end(input)
    return { input: from, output: new PassThrough(), gone: new AbortController().signal }
  }
  const said = (output: PassThrough): string => String(output.read() ?? '')

  return {
    ends,
    fetch: (actor: Actor) => {
      const client = streams(FLUSH)
      return { ended: git.fetch(actor, 'hello', client), said: () => said(client.output) }
    },
    push: (actor: Actor) => {
      const head = `${ZERO} ${SHA} refs/heads/main\0 report-status`
      const client = streams(Buffer.concat([pktLine(head), FLUSH]))
      return { ended: git.receive(actor, 'hello', client), said: () => said(client.output) }
    },
  }
}

describe('a push that takes its time', () => {
  it('is refused once all of it is there, where who sends it may not any more', async () => {
    const apps = createFakeApps()
    apps.create(owner(), { name: 'hello' })
    const decided: string[] = []
    const denied: string[] = []
    let may = true
    const git = createGitService({
      apps,
      transport: {
        advertise: async () => FLUSH,
        upload: async () => {},
        serve: async () => {},
        // While the pack comes in.
        receive: async (_app, _streams, decide) => {
          may = false
          const commands = [{ ref: 'refs/heads/main', oldSha: undefined, newSha: SHA }]
          const verdicts = await decide({ commands, options: [] }, () => {})
          decided.push(...verdicts.map(({ result }) => result))
        },
      },
      sourceControl: { ensureRepository: async () => {} },
      receivePush: async () => [{ ref: 'refs/heads/main', result: 'moved' }],
      onDenied: (_actor, permission, target) => denied.push(`${permission} ${target}`),
    })
    const input = new PassThrough()
    const head = `${ZERO} ${SHA} refs/heads/main\0 report-status`
    input.end(Buffer.concat([pktLine(head), FLUSH]))
    const streams = { input, output: new PassThrough(), gone: new AbortController().signal }

    await git.receive(owner(), 'hello', streams, () => may)

    expect(decided).toEqual(['refused'])
    expect(denied).toEqual(['app.deploy hello'])
  })
})

describe('git for one user', () => {
  it('is four sessions at the same time; the next is told to wait, and others are not', async () => {
    const { ends, fetch, push } = setUp()
    const running = [fetch(owner()), fetch(owner()), push(owner()), push(owner())]
    await expect.poll(() => ends.length).toBe(4)

    const [fetched, pushed] = [fetch(owner()), push(owner())]
    await Promise.all([fetched.ended, pushed.ended])
    expect(fetched.said()).toContain(`ERR ${BUSY}`)
    expect(pushed.said()).toContain(`ng refs/heads/main ${BUSY.slice(0, -1)}`)
    expect(ends).toHaveLength(4)

    const other = fetch(owner({ id: 'user2' }))
    await expect.poll(() => ends.length).toBe(5)
    for (const end of ends) end()
    await Promise.all([...running, other].map(({ ended }) => ended))
  })

  it('is free again once a session has ended, however it did', async () => {
    const { ends, fetch } = setUp()
    for (let at = 0; at < 10; at++) {
      const { ended, said } = fetch(owner())
      ends.at(-1)?.()
      await ended
      expect(said()).toBe('')
    }
  })
})
