import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { destroyApp, pushTinyApp, tinyApp } from '#support/apps.ts'
import { connectInstallation } from '#support/installation.ts'

const vastrox = connectInstallation()
const APP = 'traced'
const SECRET = 'a-secret-nobody-should-see-123'
/** Processes of the engine's containers start with these; what they run is inside the container. */
const SHELL = /execve\("[^"]*\/(?:ba|da|z|k|a)?sh"/

it('no shell runs on the host and no secret is in an argument list on the way of a push (C1, C14)', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vastrox-strace-'))
  const trace = join(folder, 'trace')
  const copy = await pushTinyApp(vastrox, APP, 'v1')
  await vastrox.api('PATCH', `/apps/${APP}/env`, { set: { SECRET } })
  const { processes } = await vastrox.status()
  const pids = processes.flatMap(({ pid }) => (pid === null ? [] : ['-p', String(pid)]))
  const strace = spawn(
    '/usr/bin/strace',
    ['-f', '-qq', '-s', '400', '-e', 'trace=execve', '-o', trace, ...pids],
    {
      stdio: 'ignore',
    },
  )
  await sleep(1_500)

  copy.write(tinyApp('v2', `// it's $(touch /tmp/x) \`id\` "; sh`))
  await copy.commit('v2; $(touch /tmp/pwned) `id` "quoted" \'')
  const pushed = await copy.push()
  const ended = new Promise((resolve) => strace.on('close', resolve))
  strace.kill('SIGINT')
  await ended

  expect(pushed.exitCode, pushed.output).toBe(0)
  const executed = readFileSync(trace, 'utf8')
    .split('\n')
    .filter((line) => line.includes('execve('))
  expect(executed.some((line) => line.includes('git'))).toBe(true)
  expect(executed.filter((line) => SHELL.test(line))).toEqual([])
  expect(
    executed.filter((line) => line.includes(SECRET) || line.includes(vastrox.apiToken)),
  ).toEqual([])

  await destroyApp(vastrox, APP)
  copy.remove()
  rmSync(folder, { recursive: true })
})
