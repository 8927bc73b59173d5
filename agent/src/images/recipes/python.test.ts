import { describe, expect, it } from 'vitest'
import { python } from '#agent/images/recipes/python.ts'
import { recipeContext } from '#test/recipe-context.ts'

const textOf = (version: string): string =>
  python.dockerfile(recipeContext({ version, base: 'vastrox/base:any' }))

describe('the images of Python', () => {
  it('are made of one suite each', () => {
    expect(python.versions.filter((each) => each.needsRegistry !== true)).toEqual([
      { version: '3.13', suite: 'trixie' },
      { version: '3.11', suite: 'bookworm' },
      { version: '3.9', suite: 'bullseye' },
    ])
  })

  it.each(python.versions)(
    'has nothing in the runtime of $version that only builds need',
    (one) => {
      const [runtime = '', build = ''] = textOf(one.version).split('FROM runtime AS build')

      expect(runtime).not.toMatch(/gcc|g\+\+|make|git|-dev|pip|venv|uv/)
      expect(build).toMatch(/gcc g\+\+ make .*libpq-dev/)
      expect(build).toContain("'uv>=0.11,<0.14'")
    },
  )

  it('gives the Pythons before 3.12 the part of the standard library that Debian splits off', () => {
    expect(textOf('3.11')).toContain('python3 tzdata media-types python3-distutils')
    expect(textOf('3.9')).toContain('python3 tzdata media-types python3-distutils')
    expect(textOf('3.13')).not.toContain('distutils')
  })

  it('has the authorities of the host at every step that fetches, and in no layer', () => {
    const fetching = textOf('3.13')
      .split('\n')
      .filter((line) => /apt-get|pip/.test(line))

    expect(fetching).toHaveLength(3)
    for (const line of fetching) {
      expect(line).toContain('--mount=type=secret,id=vastrox-ca')
      expect(line).toContain('/run/vastrox/ca.pem')
    }
  })
})
