import { describe, expect, it } from 'vitest'
import { resolveCommand } from './node-command.ts'

const SCRIPTS = {
  start: 'node server.js',
  serve: 'node serve.js',
  pretest: 'node before.js',
  test: 'node --test',
  posttest: 'node after.js',
  loop: 'npm run loop',
  comment: 'node a.js # quick',
  precomment: 'node b.js',
  background: 'node a.js & node b.js',
  prebackground: 'node c.js',
  version: 'echo $npm_package_version',
  quoted: `node -e "console.log('a && b')"`,
}

describe('a command line', () => {
  it.each([
    ['npm start', 'node server.js'],
    ['npm run start', 'node server.js'],
    ['npm run -s serve', 'node serve.js'],
    ['npm run serve --silent', 'node serve.js'],
    ['npm run-script serve -- --port $PORT', 'node serve.js --port $PORT'],
    ['yarn serve', 'node serve.js'],
    ['pnpm run serve', 'node serve.js'],
    ['npm run test', 'node before.js && node --test && exec node after.js'],
    ['npm run serve && npm start', 'node serve.js && exec node server.js'],
    ['cross-env NODE_ENV=production PORT=3 node a.js', 'NODE_ENV=production PORT=3 node a.js'],
    ['node migrate.js && A=b node a.js', 'node migrate.js && exec env A=b node a.js'],
    ['npm run quoted', SCRIPTS.quoted],
  ])('is what it runs: %s', (command, expected) => {
    expect(resolveCommand(command, SCRIPTS)).toBe(expected)
  })

  it.each([
    'npm serve',
    'npm run unknown',
    'npm install',
    'npm run toString',
    'npx next start',
    'npm run comment',
    'npm run background',
    'npm run version',
    'yarn workspace web start',
    'node a.js && cd b',
    'node a.js || exit 1',
    `node -e "a && b"`,
    'cd web && npm start; true',
  ])('stays as it is where that is not sure: %s', (command) => {
    expect(resolveCommand(command, SCRIPTS)).toBe(command)
  })

  it('does not go round in circles', () => {
    expect(resolveCommand('npm run loop', SCRIPTS)).toBe('npm run loop')
  })

  it('stays as it is where scripts name each other over and over, and is answered at once', () => {
    const twice = Object.fromEntries(
      Array.from({ length: 6 }, (_, at) => [
        `s${at}`,
        Array.from({ length: 40 }, () => `npm run s${at + 1}`).join(' && '),
      ]),
    )
    const startedAt = performance.now()

    expect(resolveCommand('npm run s0', { ...twice, s6: 'node a.js' })).toBe('npm run s0')
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })

  it('is replaced fifty times at most', () => {
    const runs = (times: number) => Array.from({ length: times }, () => 'npm run a').join(' && ')

    expect(resolveCommand(runs(50), { a: 'node a.js' })).not.toContain('npm')
    expect(resolveCommand(runs(51), { a: 'node a.js' })).toBe(runs(51))
  })

  it('stays as it is where the whole would be longer than 8,192 characters', () => {
    const long = `node a.js ${'x'.repeat(4_100)}`

    expect(resolveCommand('npm run a', { a: long })).toBe(long)
    expect(resolveCommand('npm run a && npm run a', { a: long })).toBe('npm run a && npm run a')
    expect(resolveCommand('npm run a', { a: `node ${'x'.repeat(8_192)}` })).toBe('npm run a')
  })

  it.each([
    ['blanks', `node a${' '.repeat(500_000)}b`],
    ['flags of npm', `npm run${' -s'.repeat(200_000)} !`],
    ['parts', Array.from({ length: 100_000 }, () => 'npm run a').join(' && ')],
  ])('is not read where it has very many %s', (_what, command) => {
    const startedAt = performance.now()

    expect(resolveCommand(command, { a: 'node a.js' })).toBe(command)
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })
})
