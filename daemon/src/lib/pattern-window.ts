import { merged, type PatternNode, type Ranges } from '#lib/linear-pattern-parse.ts'

/** What is found has these next to each other: one character of each set. */
type Run = readonly Ranges[]

/** Longer ones find nothing faster. */
const MAX_RUN = 32
/** Characters that can be told apart; every other one is the same. */
const CODES = 128
/** As good as so many characters that are known: a run that says less leads to every line. */
const LEAST_WORTH = 2

/**
 * Of a part of an expression: all of it, where it is as long as it is for certain; what it begins and
 * ends with; and the best run that is somewhere in whatever it finds.
 */
interface Known {
  whole: Run | undefined
  begin: Run
  end: Run
  best: Run
}

const NOTHING: Known = { whole: [], begin: [], end: [], best: [] }

/**
 * A run that is in everything that an expression finds, as where to look at all; undefined where there is
 * none that leaves anything out.
 */
export function windowOf(tree: PatternNode, leastWorth = LEAST_WORTH): PatternWindow | undefined {
  const { best } = knownOf(tree)
  return worthOf(best) < leastWorth ? undefined : createWindow(best)
}

function knownOf(node: PatternNode): Known {
  if (node.kind === 'set') return wholeOf([node.set])
  if (node.kind === 'at') return NOTHING
  if (node.kind === 'all')
    return node.parts.reduce((sum, part) => joined(sum, knownOf(part)), NOTHING)
  if (node.kind === 'any') return eitherOf(node.parts.map(knownOf))
  if (node.min === 0) return { whole: undefined, begin: [], end: [], best: [] }
  const part = knownOf(node.part)
  const least = Array.from({ length: Math.min(node.min, MAX_RUN) }, () => part).reduce(
    joined,
    NOTHING,
  )
  const isExact = node.min === node.max && node.min <= MAX_RUN
  return isExact ? least : { ...least, whole: undefined }
}

const wholeOf = (run: Run): Known => ({ whole: run, begin: run, end: run, best: run })

function joined(one: Known, other: Known): Known {
  const whole = one.whole && other.whole && [...one.whole, ...other.whole]
  const begin = one.whole ? [...one.whole, ...other.begin] : one.begin
  const end = other.whole ? [...one.end, ...other.whole] : other.end
  return {
    whole: whole && whole.length <= MAX_RUN ? whole : undefined,
    begin: begin.slice(0, MAX_RUN),
    end: end.slice(-MAX_RUN),
    best: bestOf([one.best, other.best, [...one.end, ...other.begin].slice(0, MAX_RUN)]),
  }
}

/** What is found is one of these: of each as much as the shortest has, as one of either. */
function eitherOf(all: readonly Known[]): Known {
  const [only] = all
  if (only && all.length === 1) return only
  const wholes = all.flatMap(({ whole }) => (whole ? [whole] : []))
  const isSameLength =
    wholes.length === all.length && wholes.every(({ length }) => length === wholes[0]?.length)
  const begin = mixed(all.map((each) => each.begin))
  const end = mixed(all.map((each) => each.end.toReversed())).toReversed()
  const best = bestOf([begin, end, mixed(all.map((each) => each.best))])
  return { whole: isSameLength ? mixed(wholes) : undefined, begin, end, best }
}

function mixed(runs: readonly Run[]): Run {
  const length = Math.min(...runs.map((run) => run.length))
  return Array.from({ length }, (_, at) => merged(runs.flatMap((run) => run[at] ?? [])))
}

const bestOf = (runs: readonly Run[]): Run =>
  runs.reduce((best, run) => (worthOf(run) > worthOf(best) ? run : best), [])

/** In characters that are known for certain; one of two is nearly as good, any at all is none. */
const worthOf = (run: Run): number =>
  run.reduce((sum, set) => sum + 1 - Math.min(1, Math.log(sizeOf(set)) / Math.log(CODES)), 0)

const sizeOf = (set: Ranges): number => set.reduce((sum, [from, to]) => sum + 1 + to - from, 0)

/** Looks for a run, and leaves out as much as it may at every step (Boyer and Moore's way, with sets). */
function createWindow(run: Run) {
  const { length } = run
  const width = CODES + 1
  /** Whether a character may stand at that place of the run. */
  const fits = run.map((set) =>
    Uint8Array.from({ length: width }, (_, code) => (isIn(set, code) ? 1 : 0)),
  )
  /** By place and character: how far the run has to be moved where it does not fit there; 0 where it does. */
  const moves = new Uint8Array(length * width)
  /** The same of the last place, where it fits: to the one before that fits as well. */
  const steps = new Uint8Array(width)
  for (let code = 0; code < width; code += 1) {
    for (let place = 0; place < length; place += 1) {
      const before = fits.slice(0, place).findLastIndex((fit) => fit[code] === 1)
      if (fits[place]?.[code] !== 1) moves[place * width + code] = place - before
      if (place === length - 1) steps[code] = place - before
    }
  }
  const lastRow = (length - 1) * width

  /** How far to move on from there; 0 where it stands there. */
  function moveFrom(text: Uint8Array, begin: number): number {
    for (let place = length - 2; place >= 0; place -= 1) {
      const byte = text[begin + place] ?? CODES
      const move = moves[place * width + (byte < CODES ? byte : CODES)] ?? 1
      if (move > 0) return move
    }
    return 0
  }

  return {
    /** How many places of that part of a text are looked at, for each of its characters; 1 at most. */
    costIn(text: Uint8Array): number {
      let looks = 0
      for (let at = length - 1; at < text.length; looks += 1) {
        const byte = text[at] ?? CODES
        at += steps[byte < CODES ? byte : CODES] ?? 1
      }
      return looks / Math.max(1, text.length)
    },
    /** Where it begins, at `from` or later; -1 where it is nowhere. */
    indexIn(text: Uint8Array, from: number): number {
      const end = text.length
      for (let at = from + length - 1; at < end; ) {
        const byte = text[at] ?? CODES
        const code = byte < CODES ? byte : CODES
        const move = moves[lastRow + code] ?? 1
        if (move > 0) {
          at += move
          continue
        }
        const begin = at - length + 1
        const further = moveFrom(text, begin)
        if (further === 0) return begin
        at += Math.max(further, steps[code] ?? 1)
      }
      return -1
    },
  }
}
export type PatternWindow = ReturnType<typeof createWindow>

/** Beyond ASCII everything is one: it may be in any set that reaches there. */
const isIn = (set: Ranges, code: number): boolean =>
  set.some(([from, to]) => (code < CODES ? code >= from && code <= to : to >= CODES))
