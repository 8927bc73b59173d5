import { describe, expect, it } from 'vitest'
import { owner } from '#test/fakes/actors.ts'
import { appRecord } from '#test/fakes/apps-for-git.ts'
import { noDeclaredEnv } from '#test/fakes/declared-env.ts'
import { createFakeDeployments, fail } from '#test/fakes/deployments.ts'
import { createFakeSourceArchive, createFakeSourceControl } from '#test/fakes/sources.ts'
import { fakeStack } from '#test/fakes/stack.ts'
import { createReceivePush } from './receive-push.ts'

const ESC = '\u001b'
/** A title, the clipboard, a link, a cleared screen, a question, eight bits, letters turned, the line written over. */
const STEERING = [
  `${ESC}]0;owned\u0007`,
  `${ESC}]52;c;cm0gLXJm\u0007`,
  `${ESC}]8;;https://evil.example${ESC}\\here${ESC}]8;;${ESC}\\`,
  `${ESC}[2J${ESC}[1A`,
  `${ESC}[6n`,
  '\u009b2J\u009d0;owned\u009c',
  '\u202egpj.exe',
  '\r',
].join('')
/** What a terminal would obey, colours apart. */
const OBEYED = new RegExp(`${ESC}(?!\\[[0-9;]*m)|(?![\\n\\t${ESC}])[\\p{Cc}\\p{Bidi_Control}]`, 'u')

describe('a push whose commits, builds and submodules are hostile to the terminal of who pushes (rule C15)', () => {
  it.each([[[]], [['verbose']], [['dry-run']]])(
    'steers nothing with options %j',
    async (options) => {
      const control = createFakeSourceControl()
      const deployments = createFakeDeployments(control)
      deployments.fake.script = async (deployment, log) => {
        for (const kind of ['step', 'output', 'error'] as const) log(kind, `one${STEERING}two`)
        return fail(`It failed${STEERING}.`, `Do this${STEERING}.`)(deployment, log)
      }
      const said: string[] = []
      const receivePush = createReceivePush({
        sourceControl: {
          ...control,
          readCommit: async (_app, sha, branch) => ({
            sha,
            branch,
            subject: `subject${STEERING}`,
            author: `author${STEERING}`,
          }),
          inspectTree: async () => ({ unsafeLinks: [], submodules: [`vendor${STEERING}`] }),
        },
        sourceArchive: createFakeSourceArchive(),
        deployments,
        stacks: [fakeStack],
        declaredEnv: noDeclaredEnv,
        diskRoom: { mustHaveRoom: async () => {} },
        urlsOf: () => [],
        newId: () => 'source1',
        clock: { now: () => new Date(0), elapsedMs: () => 0, sleep: () => Promise.resolve() },
        onError: () => {},
      })

      const verdicts = await receivePush({
        actor: owner(),
        app: appRecord(),
        push: {
          commands: [
            { ref: 'refs/heads/main', oldSha: undefined, newSha: 'a'.repeat(40) },
            { ref: `refs/heads/odd${STEERING}`, oldSha: undefined, newSha: 'a'.repeat(40) },
          ],
          options,
        },
        say: (text) => said.push(text),
      })

      expect(said.join('')).toContain('subject')
      expect(said.join('')).not.toMatch(OBEYED)
      const reasons = verdicts.flatMap((one) => (one.result === 'refused' ? [one.reason] : []))
      expect(reasons.length).toBeGreaterThan(0)
      expect(reasons.join('')).not.toMatch(OBEYED)
      expect(reasons.join('')).not.toContain('\n')
    },
  )
})
