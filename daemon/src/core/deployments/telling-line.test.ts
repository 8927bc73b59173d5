import { describe, expect, it } from 'vitest'
import { tellingLine } from '#core/deployments/telling-line.ts'

describe('the line that tells why an app ended', () => {
  it('is the error that Node names, not the stack under it', () => {
    const lines = [
      '/srv/app/server.js:1',
      "throw new Error('no database')",
      '^',
      '',
      'Error: no database',
      '    at Object.<anonymous> (/srv/app/server.js:1:7)',
      '    at node:internal/main/run_main_module:33:47 {',
      "  code: 'ENOENT',",
      '}',
      '',
      'Node.js v26.10.0',
    ]

    expect(tellingLine(lines)).toBe('Error: no database')
  })

  it('is what was said last where no error is named', () => {
    expect(tellingLine(['starting', 'config.json is missing', ''])).toBe('config.json is missing')
    expect(tellingLine(['', '  '])).toBeUndefined()
  })
})
