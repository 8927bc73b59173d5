import { describe, expect, it } from 'vitest'
import { parseProcfile } from './procfile.ts'

describe('a Procfile', () => {
  it('names processes in its order, and the release command apart', () => {
    expect(
      parseProcfile(
        '\u{feff}# comment\r\n// comment\n\nweb : node server.js -p $PORT\nClock:node clock.js # daily\nrelease: a: b\n',
      ),
    ).toEqual({
      processes: { web: 'node server.js -p $PORT', clock: 'node clock.js # daily' },
      release: 'a: b',
    })
  })

  it('may be empty', () => {
    expect(parseProcfile('\n# nothing yet\n')).toEqual({ processes: {}, release: null })
  })

  it.each([
    ['web node server.js', 'Line 1 of the Procfile is not `name: command`.'],
    ['a.b: c', 'Line 1 of the Procfile is not `name: command`.'],
    [`${'x'.repeat(64)}: c`, 'Line 1 of the Procfile is not `name: command`.'],
    ['web:', 'Line 1 of the Procfile gives web no command.'],
    ['1web: a', 'Line 1 of the Procfile names a process 1web: a name begins with a letter.'],
    ['web: a\nweb: b', 'Line 2 of the Procfile names web a second time.'],
    ['Web: a\nweb: b', 'Line 2 of the Procfile names web a second time.'],
    ['release: a\nrelease: b', 'Line 2 of the Procfile names release a second time.'],
    [
      `web: a\nx: ${'y'.repeat(8_190)}`,
      'Line 2 of the Procfile is longer than 8192 characters: call a script.',
    ],
    [
      Array.from({ length: 51 }, (_, at) => `p${at}: a`).join('\n'),
      'Line 51 of the Procfile names one process more than 50.',
    ],
    ['=======', 'Line 1 of the Procfile is the mark of a merge conflict.'],
  ])('is refused with its line: %j', (text, reason) => {
    expect(() => parseProcfile(text)).toThrow(expect.objectContaining({ details: { reason } }))
  })

  it('may name what every object has', () => {
    expect(parseProcfile('constructor: a').processes).toEqual({ constructor: 'a' })
  })

  it('is read in time that grows with its length', () => {
    const startedAt = performance.now()

    const refused = expect.objectContaining({ code: 'START_COMMAND_MISSING' })
    expect(() => parseProcfile(`web:${' '.repeat(900_000)}x\u2028y`)).toThrow(refused)
    expect(() => parseProcfile('a: b\n'.repeat(200_000))).toThrow(refused)
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })
})
