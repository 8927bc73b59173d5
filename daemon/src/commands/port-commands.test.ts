import { beforeEach, describe, expect, it } from 'vitest'
import { runCommand } from '#commands/run-command.ts'
import { commands } from '#commands/table.ts'
import { type AppHarness, createAppHarness } from '#test/app-harness.ts'

let harness: AppHarness
beforeEach(() => {
  harness = createAppHarness()
  harness.addApp('hello')
})

async function run(line: string) {
  let [out, error] = ['', '']
  const context = {
    ...harness.commandServices,
    actor: harness.actor,
    origin: { kind: 'console' } as const,
    stdin: undefined,
    terminal: undefined,
    signal: new AbortController().signal,
    print: async (text: string) => void (out += text),
    printError: async (text: string) => void (error += text),
  }
  const code = await runCommand(commands, context, line.split(' '), (bug) => {
    throw bug
  })
  return { code, out, error }
}

describe('ports by command', () => {
  it('are added, listed, changed and removed', async () => {
    expect((await run('ports hello')).out).toContain('vastrox ports:add hello 25565/tcp')

    const added = await run('ports:add hello 25565/tcp --to 4000 --from 203.0.113.0/24')
    expect(added).toMatchObject({ code: 0, error: '' })
    expect(added.out).toBe(
      '203.0.113.10:25565/tcp leads to web:4000.\nNobody answers there yet: The app has not been deployed yet.\n',
    )
    await run('ports:set hello 25565/tcp --from any --rate 5 --connections none')
    const { ports } = JSON.parse((await run('ports hello --json')).out)
    expect(ports).toMatchObject([
      { name: '25565-tcp', to: 4_000, sources: [], newPerSecond: 5, connections: null },
    ])
    expect((await run('ports hello')).out).toMatch(
      /25565\/tcp +web:4000 \(0\) +any +5\/s, any at once +3 +1 +2 KB +4 KB/,
    )

    expect((await run('ports:remove hello 25565/tcp')).out).toBe('Closed.\n')
    expect(harness.node.ports.now()).toEqual([])
  })

  it('take ranges, and what is done with flows of UDP', async () => {
    await run('ports:add hello 27015-27030/udp --udp finish --process web')

    expect(harness.node.ports.now()).toMatchObject([{ first: 27_015, last: 27_030, to: 27_015 }])
  })

  it.each([
    ['ports:add hello 25565', 'Say tcp or udp'],
    ['ports:add hello 25565/sctp', ''],
    ['ports:add hello 0/tcp', 'Write a port'],
    ['ports:add hello 25565/tcp --from somewhere', 'Write an IPv4 address'],
    ['ports:add hello 25565/tcp --rate many', '--rate takes a whole number'],
    ['ports:set hello 25565/tcp', 'Say what is to change.'],
  ])('say what is wrong with %s', async (line, said) => {
    const { code, error } = await run(line)
    expect(code).toBe(2)
    expect(error).toContain(said)
  })

  it('are given out by the operator', async () => {
    expect((await run('ports:policy')).out).toContain('1024-65535')
    await run('ports:policy:set --ranges 25000-26000,53 --per-team 3')
    expect((await run('ports:policy')).out).toBe(
      'Apps may have: 25000-26000, 53\nAt most 3 ports a team.\n',
    )
    expect(await run('ports:add hello 19132/udp')).toMatchObject({
      code: 1,
      error: expect.stringContaining('The operator gives out 25000-26000, 53.'),
    })
    expect(await run('ports:add hello 53/udp')).toMatchObject({ code: 0 })
  })
})
