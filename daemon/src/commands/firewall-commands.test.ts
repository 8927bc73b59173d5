import { beforeEach, describe, expect, it } from 'vitest'
import { runCommand } from '#commands/run-command.ts'
import { commands } from '#commands/table.ts'
import { type AppHarness, createAppHarness } from '#test/app-harness.ts'

let harness: AppHarness
beforeEach(() => {
  harness = createAppHarness()
})

async function run(line: string, origin: 'console' | 'unknown' = 'unknown') {
  let [out, error] = ['', '']
  const context = {
    ...harness.commandServices,
    actor: harness.actor,
    origin: { kind: origin },
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
const rules = async () => JSON.parse((await run('firewall:rules --json')).out)

describe('rules by command', () => {
  it('opens a database for one address for two hours', async () => {
    const before = Date.now()
    const { code, out } = await run('firewall:allow 5432/tcp --from 203.0.113.7 --for 2h')

    expect(code).toBe(0)
    expect(out).toContain('Done: allow 5432/tcp from 203.0.113.7 until ')
    const [rule] = await rules()
    expect(rule).toMatchObject({ ports: ['5432'], protocol: 'tcp', sources: ['203.0.113.7'] })
    expect(Date.parse(rule.expiresAt) - before).toBeGreaterThan(7_190_000)
  })

  it.each([
    ['firewall:deny all --from 198.51.100.0/24', { action: 'deny', protocol: 'any', ports: [] }],
    ['firewall:allow 80,8000-8100', { protocol: 'tcp', ports: ['80', '8000-8100'] }],
    ['firewall:allow 53/udp --from 2001:db8::/32,203.0.113.7', { protocol: 'udp', ports: ['53'] }],
    ['firewall:limit 22 --rate 6', { action: 'limit', ratePerMinute: 6 }],
    ['firewall:deny icmp', { protocol: 'icmp' }],
  ])('understands %s', async (line, expected) => {
    expect(await run(line)).toMatchObject({ code: 0 })
    expect(await rules()).toMatchObject([expected])
  })

  it.each([
    'firewall:allow all',
    'firewall:allow 70000',
    'firewall:allow 22/sctp',
    'firewall:allow 22 --from nowhere',
    'firewall:allow 22 --for soon',
    'firewall:allow 22 --for 1s',
    'firewall:limit 22',
    'firewall:preview maybe',
    'egress hello --internet perhaps',
  ])('refuses %s with the usage', async (line) => {
    harness.addApp()
    const { code, error } = await run(line)

    expect(code).toBe(2)
    expect(error).toContain('vastrox')
  })

  it('removes by the number that the list shows', async () => {
    await run('firewall:allow 1001')
    await run('firewall:allow 1002')

    expect(await run('firewall:remove 2')).toMatchObject({ code: 0 })
    expect(await rules()).toMatchObject([{ ports: ['1002'] }])
    expect(await run('firewall:remove 2')).toMatchObject({ code: 1 })
  })
})

describe('modes by command', () => {
  it('says the effect first, then what is to be done so that it stays', async () => {
    const { code, out } = await run('firewall:enforce')

    expect(code).toBe(0)
    expect(out).toContain('enforce:\n  opens and closes nothing that answers today\n')
    expect(out).toContain('unless you confirm it over a NEW connection')
    expect((await run('firewall')).out).toContain('Pending')
  })

  it('confirms from the console of the machine, and from no connection of unknown age', async () => {
    await run('firewall:enforce')

    const { code, error } = await run('firewall:confirm')
    expect(code).toBe(1)
    expect(error).toContain('cannot be told')
    expect(await run('firewall:confirm', 'console')).toMatchObject({ code: 0 })
    expect(JSON.parse((await run('firewall --json')).out)).toMatchObject({ mode: 'enforce' })
  })

  it('takes back on a word', async () => {
    await run('firewall:enforce')

    expect((await run('firewall:revert')).out).toContain('reverted: Taken back by')
    expect(await run('firewall:revert')).toMatchObject({ code: 1 })
    expect((await run('firewall:changes')).out).toContain('reverted')
  })
})

describe('the rest by command', () => {
  it('keeps the allow-list, sets and bans', async () => {
    await run('firewall:allow-list 203.0.113.0/24,2001:db8::/48')
    expect((await run('firewall:allow-list')).out).toBe('203.0.113.0/24\n2001:db8::/48\n')
    await run('firewall:set office 192.0.2.1,192.0.2.2')
    expect(await run('firewall:allow 22 --from @office')).toMatchObject({ code: 0 })
    expect((await run('firewall:ban 203.0.113.5')).error).toContain('never banned')
    expect((await run('firewall:ban 198.51.100.5 --for 1d --reason scans')).out).toContain('banned')
    expect((await run('firewall:bans')).out).toContain('scans')
    expect(await run('firewall:unban 198.51.100.5')).toMatchObject({ code: 0 })
    expect((await run('firewall:bans')).out).toBe('Nobody is banned.\n')
  })

  it('shows and changes where an app may connect to', async () => {
    harness.addApp()

    expect((await run('egress hello')).out).toContain('no private network')
    await run('egress hello --internet off --allow 10.0.0.5:5432,10.1.0.0/16,[2001:db8::1]:443')
    expect(JSON.parse((await run('egress hello --json')).out)).toEqual({
      internet: false,
      smtp: false,
      allow: [
        { cidr: '10.0.0.5', protocol: 'tcp', ports: ['5432'] },
        { cidr: '10.1.0.0/16', protocol: 'any', ports: [] },
        { cidr: '2001:db8::1', protocol: 'tcp', ports: ['443'] },
      ],
    })
  })
})
