import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { AppPorts } from '@vastrox/shared/app-port.ts'
import { ExposureReport } from '@vastrox/shared/exposure.ts'
import { run } from '@vastrox/shared/node/run.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { destroyApp, untilSettled } from '#support/apps.ts'
import { containersOf } from '#support/engine.ts'
import { connectInstallation, until } from '#support/installation.ts'
import { createWorld, type World } from '#support/world.ts'
import { createWorkingCopy, type WorkingCopy } from '#support/working-copy.ts'

/*
 * Ports of the server that lead to an app. The firewall only observes here, as everywhere on this machine;
 * people come from a network namespace with a cable of its own. What enforces is tried in the agent's lab.
 */
const vastrox = connectInstallation()
const APP = 'arena'
const PORT = 24_565
const GAME = readFileSync(join(import.meta.dirname, '../../agent/test/lab/game.ts'), 'utf8')

let world: World
let copy: WorkingCopy

const push = async (version: string): Promise<void> => {
  copy.write({
    'package.json': JSON.stringify({ name: 'arena', private: true, type: 'module' }),
    Procfile: `web: node web.js\ngame: node game.js ${version} 4000\n`,
    'web.js':
      "import { createServer } from 'node:http'\ncreateServer((_, reply) => reply.end('web')).listen(process.env.PORT)\n",
    'game.js': stripTypeScriptTypes(GAME),
    'vastrox.json': JSON.stringify({ processes: { game: { scale: 1, stopGrace: '1s' } } }),
  })
  await copy.commit(version)
  const pushed = await copy.push('--force', 'main')
  if (pushed.exitCode !== 0) throw new Error(pushed.output)
}
const ports = async () => (await vastrox.read(AppPorts, `/apps/${APP}/ports`)).ports

beforeAll(async () => {
  world = await createWorld()
  copy = createWorkingCopy(vastrox.remote(APP))
  await copy.init()
  await push('one')
  await vastrox.api('PATCH', `/apps/${APP}`, { watchMs: 0, drainMs: 1_500 })
  await untilSettled(vastrox, APP)
})
afterAll(async () => {
  await destroyApp(vastrox, APP)
  await world?.remove()
  copy?.remove()
})

describe('a port of the server', () => {
  it('leads to the app once it is published, by command and by API, and the app sees who came', async () => {
    const added = await vastrox.command(
      'ports:add',
      APP,
      `${PORT}/tcp`,
      '--to',
      '4000',
      '--process',
      'game',
    )
    expect(added.stderr).toBe('')
    const reply = await vastrox.api('POST', `/apps/${APP}/ports`, {
      protocol: 'udp',
      ports: String(PORT),
      to: 4_000,
      process: 'game',
    })
    expect(reply.status).toBe(201)

    const said = `one ${world.own} 4000`
    expect(await world.ask(`tcp,${PORT}`, `udp,${PORT}`)).toEqual([said, said])
    expect(await ports()).toMatchObject([
      { problem: null, instances: 1, traffic: { connections: 1, refused: 0 } },
      { problem: null, instances: 1, traffic: { connections: 1, refused: 0 } },
    ])
  })

  it('is what the exposure page says it is', async () => {
    const { ports: exposed } = await vastrox.read(ExposureReport, '/exposure')
    expect(exposed.filter(({ port }) => port === PORT)).toMatchObject([
      { protocol: 'tcp', reach: 'world', by: { name: `${APP} (game)`, ours: true } },
      { protocol: 'udp', reach: 'world', by: { ours: true } },
    ])
  })

  it('is refused where it is somebody’s already', async () => {
    const { dashboardPort } = vastrox.config
    for (const taken of [PORT, dashboardPort]) {
      const reply = await vastrox.api('POST', `/apps/${APP}/ports`, {
        protocol: 'tcp',
        ports: String(taken),
      })
      expect([reply.status, reply.body]).toEqual([409, expect.stringContaining('PORT_TAKEN')])
    }
  })

  it('goes on with agent and daemon killed', async () => {
    const { tcp, stays } = await world.whilePlaying(PORT, async () => {
      await vastrox.kill('agent', 'SIGKILL')
      await vastrox.kill('daemon', 'SIGKILL')
      expect((await world.ask(`udp,${PORT}`))[0]).toContain('one')
      await until('the daemon to be back', async () => (await ports()).length === 2)
    })

    expect(tcp).toMatchObject({ refused: 0, unanswered: 0 })
    expect(stays.endedAfterLines).toBe(-1)
  })

  it('leads what is new to the next release with nobody refused, and ends who stays when the drain is over', async () => {
    const { tcp, udp, stays } = await world.whilePlaying(PORT, async () => {
      await push('two')
      await until('the release before to be gone', async () => {
        const left = await containersOf(vastrox.config.instance, APP)
        return left.length === 2
      })
    })

    expect(tcp).toMatchObject({ refused: 0, unanswered: 0, last: 'two' })
    expect(udp.last).toBe('two')
    expect(Object.keys(stays.by)).toEqual(['one'])
    expect(stays.endedAfterLines).toBeGreaterThan(0)
  })

  it('is closed once it is removed, and the engine forwards nothing for us any more', async () => {
    await vastrox.command('ports:remove', APP, `${PORT}/tcp`)
    await vastrox.command('ports:remove', APP, `${PORT}/udp`)

    expect((await world.ask(`tcp,${PORT}`, `udp,${PORT}`)).join()).not.toContain('two')
    const rules = await run('/usr/sbin/iptables', ['--wait', '5', '--list-rules', 'DOCKER-USER'], {
      timeoutMs: 10_000,
    })
    expect(rules.stdout.toString()).not.toContain(`vastrox ${vastrox.config.instance}`)
  })
})
