import { expect, it } from 'vitest'
import { php } from '#agent/images/recipes/php.ts'
import { recipeContext } from '#test/recipe-context.ts'

const stagesOf = (version: string): [runtime: string, build: string] => {
  const text = php.dockerfile(recipeContext({ version, base: 'vastrox/base:suite' }))
  const [, runtime = '', build = ''] = text.split(/^FROM .* AS (?:runtime|build)$/m)
  return [runtime, build]
}

it.each(php.versions.map(({ version }) => version))(
  'PHP %s: web server, extensions and no build tool in the image that runs',
  (version) => {
    const [runtime, build] = stagesOf(version)

    expect(runtime).toContain(`php${version}-fpm`)
    expect(runtime).toContain('nginx-light')
    expect(runtime).not.toMatch(/composer|git |unzip/)
    expect(build).toContain('composer')
  },
)

it('takes extensions of PECL by the names that Debian 11 has for them', () => {
  expect(stagesOf('7.4')[0]).toMatch(/ php-redis .*php7\.4-sqlite3/)
  expect(stagesOf('8.4')[0]).toMatch(/ php8\.4-redis /)
})

it('gives the user of the app the folders that servers write to, and its own', () => {
  expect(stagesOf('8.4')[0]).toContain(
    'chown -R 1000:1000 /run/php-server /srv/app /var/lib/nginx /var/log/nginx',
  )
})
