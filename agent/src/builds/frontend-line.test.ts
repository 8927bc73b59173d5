import { describe, expect, it } from 'vitest'
import { checkFrontend } from '#agent/builds/frontend-line.ts'

describe('a # syntax= line', () => {
  it.each(['docker/dockerfile:1', 'docker.io/docker/dockerfile:1.7-labs', 'docker/dockerfile'])(
    'of Docker’s own (%s) becomes a comment of the same length',
    (frontend) => {
      const dockerfile = `# syntax=${frontend}\nFROM debian\n`

      expect(checkFrontend(dockerfile)).toEqual({
        kind: 'ignored',
        frontend,
        text: `# ignore=${frontend}\nFROM debian\n`,
      })
    },
  )

  it.each([
    '# syntax=evil/frontend:1\nFROM x',
    '#syntax = evil/frontend:1\nFROM x',
    '# a comment\n\n#SYNTAX=evil/frontend:1\r\nFROM x',
    '// syntax=evil/frontend:1\nFROM x',
    '\uFEFF# syntax=evil/frontend:1\nFROM x',
    '#!/usr/bin/env x\n# syntax=evil/frontend:1\nFROM x',
    '{"syntax":"evil/frontend:1"}',
    '# syntax=docker/dockerfile.evil.example/x:1\nFROM x',
  ])('of anything else is refused: %j', (dockerfile) => {
    expect(checkFrontend(dockerfile).kind).toBe('refused')
  })

  it.each([
    'FROM x\n# syntax=evil/frontend:1\n',
    '# escape=`\nFROM x',
    '',
    'RUN echo "# syntax=x"',
  ])('is not found where it means nothing: %j', (dockerfile) => {
    expect(checkFrontend(dockerfile)).toEqual({ kind: 'none' })
  })
})
