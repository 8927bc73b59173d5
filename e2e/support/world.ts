import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type HostProgram, run } from '@vastrox/shared/node/run.ts'
import { z } from 'zod'

const IP = '/usr/sbin/ip'
const NSENTER = '/usr/bin/nsenter'
/** What people do is the same as in the agent's lab. */
const PROGRAMS = join(import.meta.dirname, '../../agent/test/lab')
const ANSWER_MS = 1_500

const Played = z.object({
  tcp: z.object({
    tried: z.int(),
    refused: z.int(),
    unanswered: z.int(),
    by: z.record(z.string(), z.int()),
    last: z.string(),
  }),
  udp: z.object({ sent: z.int(), by: z.record(z.string(), z.int()), last: z.string() }),
  stays: z.object({
    by: z.record(z.string(), z.int()),
    endedAfterLines: z.int(),
    lines: z.int(),
  }),
})

/**
 * People outside of the machine: a network namespace with a cable to it, link-local addresses and no route
 * beyond. `remove` takes it away with all that runs in it.
 */
export async function createWorld() {
  const tag = randomBytes(2).toString('hex')
  const [name, device] = [`vxworld${tag}`, `vxw${tag}`]
  const net = `169.254.${150 + ((randomBytes(1)[0] ?? 0) % 64)}`
  const children = new Set<ChildProcess>()
  const enter = [`--net=/run/netns/${name}`, '--']
  const start = (program: string, args: readonly string[]): ChildProcess => {
    const child = spawn(NSENTER, [...enter, program, ...args], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: {},
    })
    children.add(child)
    child.once('exit', () => children.delete(child))
    return child
  }

  async function remove(): Promise<void> {
    for (const child of children) child.kill('SIGKILL')
    await run(IP, ['netns', 'del', name], { timeoutMs: 10_000 })
    await run(IP, ['link', 'del', device], { timeoutMs: 10_000 })
  }

  try {
    await must(IP, ['netns', 'add', name])
    await must(IP, ['link', 'add', device, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name])
    await must(IP, ['addr', 'add', `${net}.1/24`, 'dev', device])
    await must(IP, ['link', 'set', device, 'up'])
    await must(IP, ['-n', name, 'addr', 'add', `${net}.2/24`, 'dev', 'eth0'])
    await must(IP, ['-n', name, 'link', 'set', 'eth0', 'up'])
  } catch (error) {
    await remove()
    throw error
  }

  return {
    /** Of the machine, and of whoever is out there. */
    host: `${net}.1`,
    own: `${net}.2`,
    remove,

    /** What game.ts says at each `tcp,<port>` or `udp,<port>`; `refused`, or `silent`. */
    async ask(...targets: readonly string[]): Promise<string[]> {
      const words = targets.map((target) => target.replace(',', `,${net}.1,`))
      const printed = await must(NSENTER, [
        ...enter,
        process.execPath,
        join(PROGRAMS, 'ask.ts'),
        String(ANSWER_MS),
        ...words,
      ])
      return z.array(z.string()).parse(JSON.parse(printed))
    },

    /** People who play at a port, by TCP and UDP, while something is done. */
    async whilePlaying(port: number, work: () => Promise<void>) {
      const child = start(process.execPath, [join(PROGRAMS, 'players.ts'), `${net}.1`, `${port}`])
      if (!child.stdout) throw new Error('the players have no output')
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
      if ((await lines.next()).value !== 'ready') throw new Error('nobody answers the players')
      await work()
      child.stdin?.end()
      return Played.parse(JSON.parse(String((await lines.next()).value)))
    },
  }
}
export type World = Awaited<ReturnType<typeof createWorld>>

async function must(program: HostProgram, args: readonly string[]): Promise<string> {
  const result = await run(program, args, { timeoutMs: 30_000 })
  if (result.exitCode !== 0)
    throw new Error(`${program} ${args.join(' ')}: ${result.stderr.trim()}`)
  return result.stdout.toString()
}
