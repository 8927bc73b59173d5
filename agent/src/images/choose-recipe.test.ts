import { describe, expect, it } from 'vitest'
import { chooseRecipe } from '#agent/images/choose-recipe.ts'
import { recipes } from '#agent/images/recipes/index.ts'
import { defineRecipe } from '#agent/images/recipes/recipe.ts'
import { recipeContext } from '#test/recipe-context.ts'

const php = defineRecipe({
  stack: 'php',
  title: 'PHP',
  versions: [
    { version: '8.4', suite: 'trixie' },
    { version: '8.2', suite: 'bookworm' },
  ],
  dockerfile: ({ base }) => `FROM ${base}\n`,
})

describe('the recipe of an image', () => {
  it('is found by stack and version, with the suites it can be made of, best first', () => {
    expect(chooseRecipe({ stack: 'php', version: '8.2' }, [php])).toEqual({
      recipe: php,
      version: '8.2',
      offered: [{ version: '8.2', suite: 'bookworm' }],
    })
    expect(
      chooseRecipe({ stack: 'node', version: '22' }).offered.map(({ suite }) => suite),
    ).toEqual(['trixie', 'bookworm'])
  })

  it('takes a whole version only where the language can be had in whole versions', () => {
    expect(chooseRecipe({ stack: 'node', version: '22.12.0' }).version).toBe('22.12.0')
    expect(() => chooseRecipe({ stack: 'php', version: '8.4.1' }, [php])).toThrow(
      expect.objectContaining({ code: 'IMAGE_PREPARE_FAILED' }),
    )
    expect(() => chooseRecipe({ stack: 'node', version: '220' })).toThrow(
      expect.objectContaining({ code: 'IMAGE_PREPARE_FAILED' }),
    )
  })

  it('names what can be had in place of what cannot', () => {
    expect(() => chooseRecipe({ stack: 'php', version: '5.6' }, [php])).toThrow(
      expect.objectContaining({
        details: { reason: 'PHP 5.6 is not offered; choose one of 8.4, 8.2.' },
      }),
    )
    expect(() => chooseRecipe({ stack: 'java', version: '21' }, [php])).toThrow(
      expect.objectContaining({ code: 'IMAGE_PREPARE_FAILED' }),
    )
  })
})

describe('every recipe', () => {
  it.each(recipes.map((recipe) => [recipe.stack, recipe] as const))(
    '%s has a runtime and a build stage, and fetches with the authorities of the host',
    (_stack, recipe) => {
      for (const { version, suite, needsRegistry } of recipe.versions) {
        const official = needsRegistry ? 'vastrox/official:it' : null
        const dockerfile = recipe.dockerfile(recipeContext({ version, suite, official }))
        expect(dockerfile).toMatch(/^FROM \S+ AS runtime$/m)
        expect(dockerfile).toMatch(/^FROM \S+ AS build$/m)
        for (const line of dockerfile.split('\n').filter((each) => each.includes('apt-get -qq')))
          expect(line).toContain('--mount=type=secret,id=vastrox-ca')
      }
    },
  )

  it('names an official image where it can be had only from a registry', () => {
    const names = recipes.flatMap((recipe) =>
      recipe.versions
        .filter((each) => each.needsRegistry)
        .map(({ version, suite }) => recipe.official?.(version, suite) ?? 'none'),
    )

    expect(names).not.toEqual([])
    for (const name of names) expect(name).toMatch(/^[a-z]+:[\w.-]+$/)
    expect(recipes.find(({ stack }) => stack === 'dotnet')?.versions).toEqual([
      { version: '8.0', suite: null, needsRegistry: true },
    ])
  })

  it('is there once for a stack', () => {
    const stacks = recipes.map((recipe) => recipe.stack)
    expect(new Set(stacks).size).toBe(stacks.length)
  })
})
