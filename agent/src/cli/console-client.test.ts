import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { runDaemonCommand } from '#agent/cli/console-client.ts'
import { describeFailure } from '#agent/cli/setup-error.ts'

const folder = mkdtempSync(join(tmpdir(), 'vastrox-console-'))
const socket = join(folder, 'console.sock')
let answer: (reply: ServerResponse) => void
const daemon = createServer((_request, reply) => answer(reply))
afterEach(() => {
  daemon.close()
  rmSync(folder, { recursive: true, force: true })
})

it('says in a sentence that the daemon died in the middle, and prints no stack (promise 11)', async () => {
  answer = (reply) => {
    reply.write(`${JSON.stringify({ type: 'stdout', text: 'Working…\n' })}\n`)
    setImmediate(() => reply.destroy())
  }
  await new Promise<void>((resolve) => {
    daemon.listen(socket, resolve)
  })
  let printed = ''
  const print = (text: string): void => void (printed += text)

  const failed = await runDaemonCommand(socket, ['apply', '--yes'], {
    stdout: print,
    stderr: print,
  }).catch(describeFailure)

  expect(printed).toBe('Working…\n')
  expect(failed).toBe(
    'The daemon ended in the middle of the command.\n  What to do: vastrox status shows how it is. What was done before stays: look, and give the command again.',
  )
})
