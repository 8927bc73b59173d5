import { describe, expect, it } from 'vitest'
import { parseConfig } from '#agent/supervisor/settings.ts'

const good = { instance: 'abc123', httpPort: 80, httpsPort: 443, sshPort: 2222, proxyWorkers: 2 }
const parse = (fields: object) => parseConfig(JSON.stringify(fields))

describe('what the supervisor reads of config.json', () => {
  it('is ports, workers, and what the host gives to processes', () => {
    expect(parse({ ...good, baseDomain: 'x', hostEnv: { TZ: 'UTC', wrong: 1 } })).toEqual({
      ...good,
      hostEnv: { TZ: 'UTC' },
    })
  })

  it.each([
    [{ ...good, instance: '../../etc' }, 'instance'],
    [{ ...good, httpPort: 70_000 }, 'httpPort'],
    [{ ...good, proxyWorkers: 0 }, 'proxyWorkers'],
    [{ ...good, httpsPort: '443' }, 'httpsPort'],
  ])('is refused when it is %j', (fields, name) => {
    expect(() => parse(fields)).toThrow(name)
  })
})
