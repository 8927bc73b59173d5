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
})
