/** The numbers of a version, as far as they were written. */
type Release = readonly number[]

interface Clause {
  operator: string
  release: Release
  /** `3.11.*`, and what stands for it: `3.11` without an operator. */
  isPrefix: boolean
}

const CLAUSE =
  /^(===|==|!=|~=|>=|<=|>|<|\^|~|=)?\s*v?([0-9]{1,4}(?:\.[0-9]{1,4}){0,3})(\.\*)?(?:(?:a|b|rc|dev|\.dev)[0-9]{0,4})?$/
const MAX_LENGTH = 200

/**
 * Reads what `requires-python` (PEP 440: `>=3.10,<4`), Poetry (`^3.11 || ~3.9`) and Pipfiles (`3.11`)
 * say; gives back a test of a whole version such as `3.13.5`. undefined for what is none of these.
 */
export function readSpecifier(text: string): ((version: string) => boolean) | undefined {
  if (text.length > MAX_LENGTH) return undefined
  const sets = text.split('||').map((part) => readSet(part))
  if (sets.some((set) => set === undefined)) return undefined
  return (version) => {
    const release = releaseOf(version)
    return sets.some((set) => set?.every((clause) => allows(clause, release)))
  }
}

function readSet(text: string): Clause[] | undefined {
  const parts = text
    .replaceAll(/([<>=!~^])\s+/g, '$1')
    .split(/[\s,]+/)
    .filter((part) => part !== '')
  if (parts.length === 0) return undefined
  const clauses = parts.filter((part) => part !== '*').map((part) => readClause(part))
  const known = clauses.filter((clause) => clause !== undefined)
  return known.length === clauses.length ? known : undefined
}

function readClause(text: string): Clause | undefined {
  const [, operator = '', written, star] = CLAUSE.exec(text) ?? []
  if (written === undefined) return undefined
  const release = releaseOf(written)
  return { operator, release, isPrefix: star !== undefined || operator === '' || operator === '=' }
}

const releaseOf = (version: string): Release =>
  version.split('.').map((part) => Number.parseInt(part, 10) || 0)

function allows({ operator, release, isPrefix }: Clause, version: Release): boolean {
  const order = compare(version, release)
  switch (operator) {
    case '>=':
      return order >= 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    case '<':
      return order < 0
    case '!=':
      return !(isPrefix ? startsWith(version, release) : order === 0)
    case '~=':
      return order >= 0 && startsWith(version, release.slice(0, -1))
    case '^':
      return order >= 0 && startsWith(version, release.slice(0, 1))
    case '~':
      return order >= 0 && startsWith(version, release.slice(0, 2))
    default:
      return isPrefix || release.length < 3 ? startsWith(version, release) : order === 0
  }
}

function compare(one: Release, other: Release): number {
  for (let at = 0; at < Math.max(one.length, other.length); at++) {
    const difference = (one[at] ?? 0) - (other[at] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

const startsWith = (version: Release, prefix: Release): boolean =>
  prefix.every((number, at) => version[at] === number)
