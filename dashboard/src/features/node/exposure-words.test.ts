import type { ExposedPort, ExposureReport } from '@vastrox/shared/exposure.ts'
import { describe, expect, it } from 'vitest'
import { holderOf, inOrder, notesOf, reachOf, testOf } from '#features/node/exposure-words.ts'

const port = (changes: Partial<ExposedPort> = {}): ExposedPort => ({
  protocol: 'tcp',
  port: 22,
  addresses: ['0.0.0.0', '::'],
  by: {
    kind: 'process',
    name: 'sshd',
    pid: 1,
    user: 'root',
    unit: 'ssh.service',
    image: null,
    ours: false,
  },
  reach: 'world',
  to: [],
  because: '',
  tested: null,
  warning: null,
  ...changes,
})
const warning = { level: 'bad' as const, message: '', hint: '', canFence: true }

describe('the words about a port', () => {
  it.each<[Partial<ExposedPort>, string, string]>([
    [{}, 'Open to the world', 'busy'],
    [{ warning }, 'Open to the world', 'bad'],
    [{ reach: 'some', to: ['10.0.0.0/24'] }, 'Open to 10.0.0.0/24', 'busy'],
    [{ reach: 'some', to: ['10.0.0.0/24', '192.0.2.1'] }, 'Open to 10.0.0.0/24 and 1 more', 'busy'],
    [{ reach: 'machine' }, 'This machine only', 'idle'],
    [{ reach: 'closed' }, 'Closed', 'good'],
  ])('say who gets there: %j', (changes, text, tone) => {
    expect(reachOf(port(changes))).toEqual({ text, tone })
  })

  it('say what a test found, where there was one', () => {
    const tries = [{ address: '203.0.113.10', outcome: 'silent' as const }]
    const tested = (agrees: boolean | null) => testOf(port({ tested: { at: '', tries, agrees } }))

    expect(testOf(port())).toBeUndefined()
    expect(tested(true)).toMatchObject({ text: 'Tested', details: '203.0.113.10: silent' })
    expect(tested(false)).toMatchObject({ text: 'Test differs', tone: 'bad' })
    expect(tested(null)).toMatchObject({ text: 'Test does not tell' })
  })

  it('say who answers', () => {
    expect(holderOf(port())).toBe('user root · ssh.service · 0.0.0.0 ::')
  })
})

it('puts what to look at first, and what only this machine reaches last', () => {
  const list = [
    port({ port: 1, reach: 'machine' }),
    port({ port: 2, reach: 'closed' }),
    port({ port: 3 }),
    port({ port: 4, reach: 'some' }),
    port({ port: 5, warning }),
    port({ port: 6, reach: 'closed', tested: { at: '', tries: [], agrees: false } }),
  ]

  expect(inOrder(list).map((each) => each.port)).toEqual([5, 6, 3, 4, 2, 1])
})

it('tells what else filters, and that a test is older than the rules', () => {
  const report: ExposureReport = {
    at: '',
    mode: 'observe',
    problem: null,
    addresses: [],
    hasPublicAddress: false,
    others: ['ufw is active.'],
    ports: [],
    leftOff: 2,
    testedAt: '',
    testIsStale: true,
  }

  expect(notesOf(report)).toEqual([
    'ufw is active.',
    expect.stringContaining('no public address'),
    expect.stringContaining('since the test'),
    expect.stringContaining('2 more'),
  ])
})
