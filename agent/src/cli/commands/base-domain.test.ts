import { expect, it } from 'vitest'
import { mustBeTyped } from '#agent/cli/commands/base-domain.ts'

it('trusts no CA for another name than the one that root has typed', () => {
  const typed = ['base-domain', 'Example.com', '--anyway']
  expect(() => mustBeTyped(typed, 'example.com')).not.toThrow()
  expect(() => mustBeTyped(typed, 'somebody-elses.example')).toThrow(
    'it is at somebody-elses.example, and not at example.com',
  )
  expect(() => mustBeTyped(['base-domain:undo'], 'localhost')).not.toThrow()
})
