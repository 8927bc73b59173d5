/** What Composer makes of a text such as `^8.1 || >=7.4 <8.0`, for the versions of one minor. */
export type Match = 'yes' | 'some' | 'no'

/** A real one has a few characters. */
const MAX_LENGTH = 200
/** The patch level that a distribution's PHP is taken to have: late in the life of its minor. */
const LATE = 99

type Version = readonly [major: number, minor: number, patch: number]
type Test = (version: Version) => boolean

/**
 * Whether a constraint of Composer's allows the late releases of a minor (`yes`), only others of it
 * (`some`: `8.2` means 8.2.0 to Composer), or none. undefined: it cannot be read, or is longer than
 * 200 characters.
 */
export function matchMinor(constraint: string, minor: string): Match | undefined {
  if (constraint.length > MAX_LENGTH) return undefined
  const test = parse(constraint)
  if (test === undefined) return undefined
  const [major = 0, second = 0] = minor.split('.').map(Number)
  if (test([major, second, LATE])) return 'yes'
  const others = Array.from({ length: LATE }, (_, patch): Version => [major, second, patch])
  return others.some(test) ? 'some' : 'no'
}

function parse(constraint: string): Test | undefined {
  const alternatives = constraint.split(/\|\|?/).map(parseAll)
  if (alternatives.some((one) => one === undefined)) return undefined
  return (version) => alternatives.some((test) => test?.(version))
}

/** Everything between two `|`. */
function parseAll(text: string): Test | undefined {
  const trimmed = text.trim()
  const [from, to, ...more] = trimmed.split(/\s+-\s+/)
  if (from !== undefined && to !== undefined) return more.length > 0 ? undefined : between(from, to)
  const words = trimmed
    .replaceAll(/([<>=!^~])\s+/g, '$1')
    .split(/[\s,]+/)
    .filter((word) => word !== '')
  const tests = words.map(parseOne)
  if (tests.length === 0 || tests.some((test) => test === undefined)) return undefined
  return (version) => tests.every((test) => test?.(version))
}

/** `7.4 - 8.2` takes the whole of 8.2 in, `7.4 - 8.2.5` nothing after that. */
function between(from: string, to: string): Test | undefined {
  const low = numbersOf(from)
  const high = numbersOf(to)
  if (!low || !high) return undefined
  const upper: Test =
    high.length >= 3
      ? (version) => compare(version, high) <= 0
      : (version) => compare(version, next(high)) < 0
  return (version) => compare(version, low) >= 0 && upper(version)
}

function parseOne(word: string): Test | undefined {
  const plain = word.replace(/@[a-z]+$/i, '')
  const [, operator = '', written = ''] = /^(\^|~|[<>!]?=|==|<>|[<>])?(.*)$/.exec(plain) ?? []
  if (operator === '' && /^(?:\*|x)$/i.test(written)) return () => true
  const wildcard = /^v?(\d{1,4}(?:\.\d{1,4})?)(?:\.[*x])+$/i.exec(written)?.[1]
  if (wildcard !== undefined)
    return operator === '' || operator === '=' ? within(numbersOf(wildcard)) : undefined
  const numbers = numbersOf(written)
  if (!numbers) return undefined
  const order = (version: Version): number => compare(version, numbers)
  if (operator === '^')
    return (version) => order(version) >= 0 && compare(version, caretEnd(numbers)) < 0
  if (operator === '~')
    return (version) =>
      order(version) >= 0 &&
      compare(version, next(numbers.slice(0, numbers.length < 3 ? 1 : 2))) < 0
  if (operator === '>=') return (version) => order(version) >= 0
  if (operator === '<=') return (version) => order(version) <= 0
  if (operator === '>') return (version) => order(version) > 0
  if (operator === '<') return (version) => order(version) < 0
  if (operator === '!=' || operator === '<>') return (version) => order(version) !== 0
  return (version) => order(version) === 0
}

const within = (numbers: number[] | undefined): Test | undefined =>
  numbers && ((version) => compare(version, numbers) >= 0 && compare(version, next(numbers)) < 0)

/** A stability (`8.1.0-beta1`) makes no difference for us. */
const numbersOf = (text: string): number[] | undefined => {
  const written = /^v?(\d{1,4}(?:\.\d{1,4}){0,3})(?:[-+][\w.-]*)?$/i.exec(text.trim())?.[1]
  return written?.split('.').slice(0, 3).map(Number)
}

const caretEnd = (numbers: readonly number[]): number[] => {
  const [major = 0, minor = 0] = numbers
  return major > 0 || numbers.length < 2 ? [major + 1] : [0, minor + 1]
}

const next = (numbers: readonly number[]): number[] => [
  ...numbers.slice(0, -1),
  (numbers.at(-1) ?? 0) + 1,
]

function compare(version: Version, numbers: readonly number[]): number {
  for (const [at, mine] of version.entries()) {
    const other = numbers[at] ?? 0
    if (mine !== other) return mine - other
  }
  return 0
}
