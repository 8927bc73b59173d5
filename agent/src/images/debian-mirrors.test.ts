import { describe, expect, it } from 'vitest'
import { chooseMirrors, sourceLines } from '#agent/images/debian-mirrors.ts'

const DEB822 = `Types: deb
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates

Types: deb
URIs: http://mirror.example/debian-security/
Suites: bookworm-security
`
const ONE_LINE = `# deb http://old.example/debian bookworm main
deb [signed-by=/usr/share/keyrings/x.gpg] https://packages.example/tool stable main
deb http://mirror.example/debian/ bookworm main contrib
deb http://security.example/debian-security bookworm-security main
`

describe('the mirrors of the host', () => {
  it('are taken from both forms of sources, without trailing slashes or foreign repositories', () => {
    expect(chooseMirrors([DEB822])).toEqual({
      main: 'http://mirror.example/debian',
      security: 'http://mirror.example/debian-security',
    })
    expect(chooseMirrors(['', ONE_LINE])).toEqual({
      main: 'http://mirror.example/debian',
      security: 'http://security.example/debian-security',
    })
  })

  it('are left to the tool where the host is another distribution', () => {
    expect(chooseMirrors(['deb http://archive.example/ubuntu noble main'])).toBeUndefined()
    expect(sourceLines(undefined, 'trixie')).toEqual([])
  })

  it('give the security suite whenever they have one', () => {
    expect(
      sourceLines({ main: 'http://m/debian', security: 'http://m/debian-security' }, 'trixie'),
    ).toEqual([
      'deb http://m/debian trixie main',
      'deb http://m/debian trixie-updates main',
      'deb http://m/debian-security trixie-security main',
    ])
  })
})
