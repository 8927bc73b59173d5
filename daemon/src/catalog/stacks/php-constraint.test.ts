import { describe, expect, it } from 'vitest'
import { matchMinor } from './php-constraint.ts'

// What Composer itself makes of each: composer/semver, checked against 8.4.99, 8.2.99 and 7.4.99.
const CASES: [constraint: string, matches: Record<string, string>][] = [
  ['^8.1', { '8.4': 'yes', '8.2': 'yes', '7.4': 'no' }],
  ['^7.4 || ^8.0', { '8.4': 'yes', '8.2': 'yes', '7.4': 'yes' }],
  ['^7.4|^8.0', { '8.4': 'yes', '8.2': 'yes', '7.4': 'yes' }],
  ['>=7.4 <8.3', { '8.4': 'no', '8.2': 'yes', '7.4': 'yes' }],
  ['>=7.4,<8.3', { '8.4': 'no', '8.2': 'yes', '7.4': 'yes' }],
  ['>= 7.4, < 8.3', { '8.4': 'no', '8.2': 'yes', '7.4': 'yes' }],
  ['~8.2.0', { '8.4': 'no', '8.2': 'yes', '7.4': 'no' }],
  ['~8.2', { '8.4': 'yes', '8.2': 'yes', '7.4': 'no' }],
  ['~8', { '8.4': 'yes', '8.2': 'yes', '7.4': 'no' }],
  ['8.*', { '8.4': 'yes', '8.2': 'yes', '7.4': 'no' }],
  ['8.2.*', { '8.4': 'no', '8.2': 'yes', '7.4': 'no' }],
  ['v8.2.x', { '8.4': 'no', '8.2': 'yes', '7.4': 'no' }],
  ['*', { '8.4': 'yes', '8.2': 'yes', '7.4': 'yes' }],
  ['7.4 - 8.2', { '8.4': 'no', '8.2': 'yes', '7.4': 'yes' }],
  ['7.4.3 - 8.2.5', { '8.4': 'no', '8.2': 'some', '7.4': 'yes' }],
  ['8.2', { '8.4': 'no', '8.2': 'some', '7.4': 'no' }],
  ['=8.2.10', { '8.4': 'no', '8.2': 'some', '7.4': 'no' }],
  ['<=8.2', { '8.4': 'no', '8.2': 'some', '7.4': 'yes' }],
  ['>8.2', { '8.4': 'yes', '8.2': 'yes', '7.4': 'no' }],
  ['>=8.2.10', { '8.4': 'yes', '8.2': 'yes', '7.4': 'no' }],
  ['^8.2.10@stable', { '8.4': 'yes', '8.2': 'yes', '7.4': 'no' }],
  ['>=8.1.0-beta1 !=8.2.5', { '8.4': 'yes', '8.2': 'yes', '7.4': 'no' }],
  ['^5.5.9|>=7.0.8 <8', { '8.4': 'no', '8.2': 'no', '7.4': 'yes' }],
  ['^9.0', { '8.4': 'no', '8.2': 'no', '7.4': 'no' }],
]

describe('what a constraint of Composer allows', () => {
  it.each(CASES)('%s', (constraint, matches) => {
    const found = Object.fromEntries(
      Object.keys(matches).map((minor) => [minor, matchMinor(constraint, minor)]),
    )
    expect(found).toEqual(matches)
  })

  it.each(['', 'latest', '^', '>=', '8.1 || ', '1 - 2 - 3', 'dev-main', '^8.1 as 9'])(
    'leaves what it cannot read to Composer: "%s"',
    (constraint) => {
      expect(matchMinor(constraint, '8.4')).toBeUndefined()
    },
  )

  it('does not read one that is longer than 200 characters', () => {
    expect(matchMinor(`^8.1${' || ^8.1'.repeat(30)}`, '8.4')).toBeUndefined()
  })
})
