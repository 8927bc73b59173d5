import { connect } from 'node:net'

/**
 * `siege.ts <tries a second> <seconds at most> <open|closed>,<address>,<port> …`: tries the targets one
 * after the other at that rate, whatever becomes of them, until its standard input ends. Prints what
 * was against expectation as JSON. An open one has to let in and may never refuse; from a closed one
 * nothing may come at all.
 */
interface Tally {
  tried: number
  /** Tries at open ports that were let in, and those of them that took longer than a lost SYN takes. */
  letIn: number
  late: number
  refused: number
  /** Open ports that said nothing for LOST_MS. */
  lost: number
  /** Anything that came from a closed port. */
  answered: number
  /** Tries that failed on this side, by their code. */
  failed: Record<string, number>
}

/** What a machine answers by; anything else comes from this side. */
const ANSWERS = new Set(['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'EACCES'])
const TICK_MS = 10
const LATE_MS = 900
const LOST_MS = 3_000
/** Long enough for an answer over a cable of this machine. */
const CLOSED_MS = 500

const [rate, seconds, ...targets] = process.argv.slice(2)
const aims = targets.map((target) => {
  const [expected, host = '', port] = target.split(',')
  return { isOpen: expected === 'open', host, port: Number(port) }
})
const tally: Tally = { tried: 0, letIn: 0, late: 0, refused: 0, lost: 0, answered: 0, failed: {} }
const begun = performance.now()
const endsAt = begun + Number(seconds) * 1_000
let isOver = false
process.stdin.on('end', () => {
  isOver = true
})
process.stdin.resume()
let underWay = 0

const timer = setInterval(() => {
  const now = performance.now()
  if (isOver || now > endsAt) {
    clearInterval(timer)
    setTimeout(() => report(), LOST_MS)
    return
  }
  const due = ((now - begun) * Number(rate)) / 1_000
  while (tally.tried < due) {
    const aim = aims[tally.tried % aims.length]
    tally.tried += 1
    if (aim) attempt(aim)
  }
}, TICK_MS)

function attempt({ isOpen, host, port }: (typeof aims)[number]): void {
  const at = performance.now()
  underWay += 1
  let isSettled = false
  const settle = (count: (() => void) | undefined): void => {
    if (isSettled) return
    isSettled = true
    underWay -= 1
    clearTimeout(late)
    count?.()
    // A reset leaves nothing in the tables of the machine that is probed; of one that never came to
    // stand it would wait for that.
    if (socket.connecting) socket.destroy()
    else socket.resetAndDestroy()
  }
  const socket = connect({ host, port, noDelay: true })
  const late = setTimeout(
    () => settle(isOpen ? () => (tally.lost += 1) : undefined),
    isOpen ? LOST_MS : CLOSED_MS,
  )
  socket.on('connect', () =>
    settle(() => {
      if (!isOpen) tally.answered += 1
      else {
        tally.letIn += 1
        if (performance.now() - at > LATE_MS) tally.late += 1
      }
    }),
  )
  socket.on('error', (error) =>
    settle(() => {
      const code = 'code' in error ? String(error.code) : error.message
      if (!ANSWERS.has(code)) tally.failed[code] = (tally.failed[code] ?? 0) + 1
      else if (isOpen) tally.refused += 1
      else tally.answered += 1
    }),
  )
}

function report(): void {
  process.stdout.write(
    JSON.stringify({ ...tally, underWay, seconds: (performance.now() - begun) / 1_000 }),
    () => process.exit(0),
  )
}
