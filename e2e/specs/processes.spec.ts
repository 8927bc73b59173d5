import { join } from 'node:path'
import { run } from '@vastrox/shared/node/run.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import { Crash, Process } from '@vastrox/shared/process.ts'
import { Run, RunLogLine } from '@vastrox/shared/run.ts'
import { ScheduledJob } from '@vastrox/shared/scheduled-job.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { destroyApp, pushTinyApp } from '#support/apps.ts'
import { connectInstallation, until } from '#support/installation.ts'
import type { WorkingCopy } from '#support/working-copy.ts'

const vastrox = connectInstallation()
const APP = 'processes'
const AT_TERMINAL = join(import.meta.dirname, '../support/at-terminal.py')
const Seen = z.object({ exitCode: z.int(), missed: z.string().nullable(), seen: z.string() })

type Step =
  | { see: string }
  | { type: string }
  | { window: [rows: number, columns: number] }
  | { wait: number }

/** `vastrox …` as a person at a terminal of 100 by 30 has it. */
async function atTerminal(args: string[], steps: Step[]): Promise<z.infer<typeof Seen>> {
  const words = [AT_TERMINAL, JSON.stringify(steps), vastrox.program, ...args]
  const result = await run('/usr/bin/python3', words, {
    env: { PATH: '/usr/bin:/bin', TERM: 'xterm', VASTROX_DATA_DIR: vastrox.dataDir },
    timeoutMs: 60_000,
  })
  return Seen.parse(JSON.parse(result.stdout.toString()))
}

const runsOf = async (): Promise<Run[]> =>
  (await vastrox.read(pageOf(Run), `/apps/${APP}/runs`)).items
const ended = (number: number): Promise<Run> =>
  until(`run ${number} to end`, async () => {
    const found = await vastrox.read(Run, `/apps/${APP}/runs/${number}`)
    return found.state !== 'running' && found
  })
const post = async <Schema extends z.ZodType>(schema: Schema, path: string, body?: unknown) =>
  schema.parse(JSON.parse((await vastrox.api('POST', `/apps/${APP}${path}`, body)).body))

/** Containers of one-off commands of this installation. */
async function containersOfRuns(): Promise<string[]> {
  const label = `vastrox.instance=${vastrox.config.instance}`
  const listed = await run(
    '/usr/bin/docker',
    ['ps', '-aq', '--filter', `label=${label}`, '--filter', 'label=vastrox.kind=run'],
    { env: { PATH: '/usr/bin:/bin' }, timeoutMs: 20_000 },
  )
  return listed.stdout.toString().split('\n').filter(Boolean)
}
const untilNoneIsLeft = () =>
  until('no container of a run to be left', async () => (await containersOfRuns()).length === 0)

let copy: WorkingCopy
beforeAll(async () => {
  copy = await pushTinyApp(vastrox, APP, 'v1')
})
afterAll(async () => {
  await destroyApp(vastrox, APP)
  copy.remove()
})

describe('vastrox run at a real terminal', () => {
  it('has the window and its changes, Ctrl-C for what runs, and the exit code', async () => {
    const seen = await atTerminal(
      ['run', APP, '--', 'sh'],
      [
        { see: '$' },
        { type: 'stty size; echo port=$PORT\n' },
        { see: '30 100' },
        { see: 'port=3000' },
        { window: [41, 123] },
        { wait: 0.4 },
        { type: 'stty size\n' },
        { see: '41 123' },
        { type: 'sleep 1000\n' },
        { wait: 0.4 },
        { type: '\u0003' },
        { wait: 0.2 },
        { type: 'echo still-$((1+1))\n' },
        { see: 'still-2' },
        { type: 'exit 7\n' },
      ],
    )

    expect([seen.missed, seen.exitCode], seen.seen).toEqual([null, 7])
    expect((await runsOf())[0]).toMatchObject({ kind: 'console', state: 'failed', exitCode: 7 })
    await untilNoneIsLeft()
  })

  it('inside of a running instance', async () => {
    const seen = await atTerminal(
      ['exec', APP, 'web.1', '--', 'sh'],
      [{ see: '$' }, { type: 'hostname; exit 4\n' }, { see: 'web-1' }],
    )

    expect([seen.missed, seen.exitCode], seen.seen).toEqual([null, 4])
  })

  it('without one takes and gives any bytes, and passes the exit code on', async () => {
    const result = await vastrox.command('run', APP, '--', 'sh', '-c', 'printf "a\\000b"; exit 9')

    expect([result.exitCode, result.stdout.toString()]).toEqual([9, 'a\0b'])
  })

  it.each(['daemon', 'agent'])(
    'is over, with its container, when the %s is killed under it',
    async (process) => {
      const [before] = await runsOf()
      const working = vastrox.command('run', APP, '--', 'sleep', '1000')
      await until('it to run', async () => (await containersOfRuns()).length === 1)

      await vastrox.kill(process, 'SIGKILL')
      const { exitCode } = await working

      expect(exitCode).toBe(1)
      await untilNoneIsLeft()
      const run = await ended((before?.number ?? 0) + 1)
      expect(run.state).toBe('interrupted')
    },
  )
})

describe('commands and jobs with nobody at them', () => {
  it('leave status, exit code and log', async () => {
    const begun = await post(Run, '/runs', { command: 'echo hello from $PORT; exit 3' })
    const run = await ended(begun.number)
    const { items } = await vastrox.read(
      pageOf(RunLogLine),
      `/apps/${APP}/runs/${begun.number}/log`,
    )

    expect(run).toMatchObject({ kind: 'command', state: 'failed', exitCode: 3 })
    expect(items[0]?.text).toBe('hello from 3000')
  })

  it('come with the source and run when they are asked to', async () => {
    copy.write({
      'vastrox.json': JSON.stringify({
        cron: [{ name: 'tidy', schedule: '30 2 * * *', command: 'echo tidied' }],
      }),
    })
    await copy.commit('a job')
    expect((await copy.push('main')).exitCode).toBe(0)
    const job = await until('the job to be there', () =>
      vastrox.read(ScheduledJob, `/apps/${APP}/jobs/tidy`),
    )
    expect(job).toMatchObject({ origin: 'source', schedule: '30 2 * * *', enabled: true })

    const begun = await post(Run, '/jobs/tidy/run')

    expect(await ended(begun.number)).toMatchObject({ kind: 'job', state: 'succeeded' })
    await untilNoneIsLeft()
  })
})

describe('an instance that crashes again and again (K8)', () => {
  it('is shown to do so, with its exit code and its last words', async () => {
    await vastrox.api('PATCH', `/apps/${APP}`, { watchMs: 0 })
    const dying = "setTimeout(() => { console.error('no luck'); process.exit(3) }, 1500)"
    const server =
      "require('node:http').createServer((q, s) => s.end('up')).listen(process.env.PORT)"
    copy.write({ 'server.js': `${server}\n${dying}\n` })
    await copy.commit('it dies')
    expect((await copy.push('main')).exitCode).toBe(0)

    const [web] = await until(
      'it to be crash-looping',
      async () => {
        const { items } = await vastrox.read(pageOf(Process), `/apps/${APP}/processes`)
        return items[0]?.instances.some(({ state }) => state === 'crash-looping') && items
      },
      50_000,
    )

    // Those of the container, over all of its restarts: no more than twenty.
    const { lastCrash } = web?.instances[0] ?? {}
    expect(lastCrash).toMatchObject({ exitCode: 3, oomKilled: false })
    expect(lastCrash?.lines.at(-1)).toBe('no luck')
    expect((await vastrox.command('ps', APP)).stdout.toString()).toContain('crash-looping')
    const { items } = await vastrox.read(pageOf(Crash), `/apps/${APP}/crashes`)
    expect(items.length).toBeGreaterThanOrEqual(5)
  })
})
