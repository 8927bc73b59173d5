import { expect, it } from 'vitest'
import { localHelp } from '#agent/cli/local-help.ts'

const COMMANDS = {
  up: { usage: 'up', summary: 'Start what does not run' },
  'base-domain': {
    usage: 'base-domain [<name>] [--anyway] [--trust]',
    summary: 'Move everything to another domain',
  },
}

it('lists every command of this server, a long one over two lines', () => {
  expect(localHelp(COMMANDS)).toBe(
    [
      'On this server:',
      '  up                              Start what does not run',
      '  base-domain [<name>] [--anyway] [--trust]',
      '                                  Move everything to another domain',
      '',
      '',
    ].join('\n'),
  )
})

it('says of a named command that one alone, and nothing of one that is the daemon’s', () => {
  expect(localHelp(COMMANDS, 'up')).toBe(
    'On this server:\n  up                              Start what does not run\n\n',
  )
  expect(localHelp(COMMANDS, 'env:set')).toBeUndefined()
})
