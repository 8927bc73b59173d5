import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openGiveBack, pagesOfPrograms } from './give-back.ts'

const mapping = (head: string, rss: number, anonymous: number): string =>
  `${head}\nSize:  400 kB\nRss:  ${rss} kB\nPss:  ${rss} kB\nAnonymous:  ${anonymous} kB\nVmFlags: rd mr mw me\n`

describe('pages of programs', () => {
  it('are those of files that are only read, and that nobody has written to', () => {
    const smaps = [
      mapping('00400000-00500000 r-xp 00000000 fd:00 77   /opt/vastrox/node', 900, 0),
      mapping('00500000-00600000 r--p 00100000 fd:00 77   /opt/vastrox/node', 900, 24),
      mapping('00600000-00700000 rw-p 00200000 fd:00 77   /opt/vastrox/node', 900, 0),
      mapping('00700000-00800000 r--p 00000000 00:00 0', 900, 0),
      mapping('00800000-00900000 r--p 00000000 fd:00 78   /opt/vastrox/a file.node', 0, 0),
      mapping('7f0000000000-7f0000001000 r--p 00000000 fd:00 78   /opt/a file.node', 4, 0),
      mapping('7ffc00000000-7ffc00001000 r-xp 00000000 00:00 0   [vdso]', 4, 0),
    ].join('')

    expect(pagesOfPrograms(smaps)).toEqual([
      { from: 0x400000n, bytes: 0x100000n },
      { from: 0x7f0000000000n, bytes: 0x1000n },
    ])
  })
})

describe('giving back', () => {
  it('lets go of most of the program, which goes on', () => {
    const giveBack = openGiveBack()
    const order: string[] = []
    const before = residentOfFiles()

    giveBack(() => order.push('collected'))

    expect(order).toEqual(['collected'])
    expect(residentOfFiles()).toBeLessThan(before * 0.75)
    expect(JSON.parse(JSON.stringify({ still: ['here'] }))).toEqual({ still: ['here'] })
  })
})

/** KB of files that are mapped into this process and in memory. */
function residentOfFiles(): number {
  return Number(/^RssFile:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1])
}
