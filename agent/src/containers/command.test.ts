import { describe, expect, it } from 'vitest'
import { wrapCommand } from '#agent/containers/command.ts'

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
  })

  it.each([
    ['node server.js --port $PORT', 'exec node server.js --port $PORT'],
    ['node "my server.js"', 'exec node "my server.js"'],
    ['NODE_ENV=production node server.js', 'exec env NODE_ENV=production node server.js'],
    ['npm run migrate && node server.js', 'npm run migrate && node server.js'],
    ['cd dist && node .', 'cd dist && node .'],
    ['exec node .', 'exec node .'],
    ['node . | tee log', 'node . | tee log'],
    ['echo $(date)', 'echo $(date)'],
    [`node -e 'a(); b && c | d'`, `exec node -e 'a(); b && c | d'`],
    ['node "a;b" c\\;d ${PORT:-3000} > log', 'exec node "a;b" c\\;d ${PORT:-3000} > log'],
    ['node "a" ; echo "b"', 'node "a" ; echo "b"'],
    ['{ node .; }', '{ node .; }'],
    ['! node .', '! node .'],
  ])('gives %j to the container’s shell as %j', (line, given) => {
    expect(wrapCommand(line)).toEqual(shell(given))
  })
})
