import { describe, expect, it } from 'vitest'
import { type Files, planOf } from '#test/stacks/source-tree.ts'

const ROOT_OF_NOTHING =
  'Nothing in the root of the repository says what it is: there is no package.json, requirements.txt, composer.json, index.php, go.mod, pom.xml, index.html or Dockerfile.'
const noRecipe = (kind: string, file: string): string =>
  `This looks like ${kind} (${file}), for which Vastrox has no recipe: add a Dockerfile, which says how it is built.`

describe('what nothing can build is refused in words', () => {
  it.each<[what: string, files: Files, reason: string]>([
    ['Ruby', { Gemfile: '', 'config.ru': '' }, noRecipe('Ruby', 'Gemfile')],
    ['Rust', { 'Cargo.toml': '' }, noRecipe('Rust', 'Cargo.toml')],
    ['Deno', { 'deno.json': '{}' }, noRecipe('Deno', 'deno.json')],
    ['Elixir', { 'mix.exs': '' }, noRecipe('Elixir', 'mix.exs')],
    [
      'Rails, whose package.json is for its assets',
      { Gemfile: '', 'package.json': { scripts: { build: 'vite build' } } },
      noRecipe('Ruby', 'Gemfile'),
    ],
    [
      'an app in a folder',
      { 'README.md': '', 'app/package.json': '{}', 'app/Dockerfile': '', 'app/index.html': '' },
      'There is no app in the root of the repository, but an app with a Dockerfile in app (app/Dockerfile): set rootDirectory to app, in vastrox.json ({ "build": { "rootDirectory": "app" } }) or in the settings of the app.',
    ],
    [
      'several apps in folders',
      { 'web/package.json': '{}', 'services/api/go.mod': '', 'old/x/y/z/w/pom.xml': '' },
      'There is no app in the root of the repository, but a Node.js app in web (web/package.json), a Go app in services/api (services/api/go.mod): set rootDirectory to web, in vastrox.json ({ "build": { "rootDirectory": "web" } }) or in the settings of the app.',
    ],
    ['something unknown', { 'notes.txt': '' }, ROOT_OF_NOTHING],
    ['nothing at all', {}, 'The commit has no files.'],
  ])('%s', (_what, files, reason) => {
    expect(() => planOf(files)).toThrow(
      expect.objectContaining({ code: 'STACK_NOT_DETECTED', details: { reason } }),
    )
  })
})
