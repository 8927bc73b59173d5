import { describe, expect, it } from 'vitest'
import { checkDomain } from '#agent/cli/install/domain-check.ts'

/** A resolver that knows these records and nothing else. */
const resolverOf = (records: Record<string, string[]>) => ({
  async resolve4(name: string): Promise<string[]> {
    const found = records[name]
    if (found === undefined) throw new Error('ENOTFOUND')
    return found
  },
  resolve6: async (): Promise<string[]> => [],
})
const wanted = { baseDomain: 'example.com', publicAddress: '203.0.113.7' }

describe('the DNS of the base domain', () => {
  it('is right when the domain and any name beneath it lead here', async () => {
    const records = {
      'example.com': ['203.0.113.7'],
      'vastrox-check.example.com': ['198.51.100.1', '203.0.113.7'],
    }

    expect(await checkDomain(wanted, resolverOf(records))).toEqual({
      leadsHere: true,
      problems: [],
    })
  })

  it('is told record by record when it is not, and never stops anything', async () => {
    expect(await checkDomain(wanted, resolverOf({ 'example.com': ['198.51.100.1'] }))).toEqual({
      leadsHere: false,
      problems: [
        'example.com leads to 198.51.100.1; its A record must be 203.0.113.7',
        '*.example.com does not resolve; its A record must be 203.0.113.7',
      ],
    })
  })

  it('needs no lookup on a laptop', async () => {
    const local = { baseDomain: 'localhost', publicAddress: '127.0.0.1' }

    expect((await checkDomain(local, resolverOf({}))).leadsHere).toBe(true)
  })
})
