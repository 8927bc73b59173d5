import { describe, expect, it } from 'vitest'
import { envOfCommand, wrapCommand } from '#agent/containers/command.ts'

const shell = (line: string): string[] => ['/bin/sh', '-c', line]

describe('a user’s command line inside the container (rule C1)', () => {
  it.each([
    ['node server.js', ['node', 'server.js']],
    ['  npm   start ', ['npm', 'start']],
    [
      'node --max-old-space-size=200 dist/main.js',
      ['node', '--max-old-space-size=200', 'dist/main.js'],
    ],
  ])('starts %j as words, without a shell', (line, words) => {
    expect(wrapCommand(line)).toEqual(words)
    expect(envOfCommand(line)).toEqual({})
  })

  it.each([
    ['node server.js --port $PORT', 'exec node server.js --port $PORT'],
    ['node "my server.js"', 'exec node "my server.js"'],
    ['NODE_ENV=production node server.js', 'exec env NODE_ENV=production node server.js'],
    [`node -e 'a(); b && c | d'`, `exec node -e 'a(); b && c | d'`],
    ['node "a;b" c\\;d ${PORT:-3000} > log', 'exec node "a;b" c\\;d ${PORT:-3000} > log'],
  ])('gives %j to the container’s shell as %j', (line, given) => {
    expect(wrapCommand(line)).toEqual(shell(given))
    expect(envOfCommand(line)).toEqual({})
  })

  it.each([
    'npm run migrate && node server.js',
    'cd dist && node .',
    'exec node .',
    'node . | tee log',
    'echo $(date)',
    'node "a" ; echo "b"',
    '{ node .; }',
    '! node .',
  ])(
    'lets the shell of %j wait for its programs, to which the init passes SIGTERM on (rule D1)',
    (line) => {
      expect(wrapCommand(line)).toEqual(shell(`trap exit TERM\n${line}`))
      expect(envOfCommand(line)).toEqual({ TINI_KILL_PROCESS_GROUP: '1' })
    },
  )
})
