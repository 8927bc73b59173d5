import { CodedError } from '@vastrox/shared/errors.ts'
import { describe, expect, it } from 'vitest'
import { planOf } from '#test/stacks/source-tree.ts'

const reasonOf = (compose: string, name = 'compose.yaml'): string => {
  try {
    planOf({ [name]: compose, 'README.md': '' })
  } catch (error) {
    if (error instanceof CodedError) return String(error.details['reason'])
    throw error
  }
  throw new Error('it was taken')
}

const NOTHING_ELSE = 'and there is nothing else to deploy in the root.'

describe('a compose file and nothing else', () => {
  it('is not run: each of its services is named with what it would be here', () => {
    expect(
      reasonOf(
        [
          'services:',
          '  web: { build: ., volumes: ["uploads:/data", "./conf:/etc/x:ro"] }',
          '  api: { build: { context: ./services/api } }',
          '  db: { image: "postgres:16-alpine", volumes: ["data:/var/lib/postgresql/data"] }',
          '  cache: { image: "bitnami/redis@sha256:abc" }',
          '  search: { image: getmeili/meilisearch:v1.7, volumes: [{ type: volume, source: meili, target: /m }] }',
          '  proxy: { image: "traefik:v3" }',
          '  odd: {}',
        ].join('\n'),
      ),
    ).toBe(
      `Vastrox does not run compose.yaml, ${NOTHING_ELSE} Here its services would be: ` +
        'web, an app built from the root: add its Dockerfile there with the volume uploads (folders of the host, ./conf, are not mounted); ' +
        'api, an app of its own with rootDirectory services/api; ' +
        'db, the add-on PostgreSQL (postgres:16-alpine); ' +
        'cache, the add-on Redis (bitnami/redis@sha256:abc); ' +
        'search, an app deployed from the image getmeili/meilisearch:v1.7 with the volume meili; ' +
        'proxy, nothing: the proxy and its certificates are part of Vastrox (traefik:v3); ' +
        'odd, unknown (neither build nor image).',
    )
  })

  it.each([
    ['that is broken', 'services: [a', /Its services cannot be listed: it is not valid YAML: /],
    ['without services', 'version: "3"', /Its services cannot be listed: it has no services\.$/],
    ['that is too long', ' '.repeat(200_000), /it is longer than 128 KB\.$/],
  ])('%s is said so', (_what, text, reason) => {
    expect(reasonOf(text, 'docker-compose.yml')).toMatch(reason)
  })

  it('beside an app is not looked at', () => {
    const plan = planOf({
      'compose.yaml': 'services: {}',
      'go.mod': 'module a',
      'main.go': 'package main\nfunc main() {}',
    })

    expect(plan.stack).toBe('go')
  })

  it('of a hostile sort takes a moment', () => {
    const begun = process.cpuUsage()
    const bomb = Array.from(
      { length: 30 },
      (_, at) => `a${at + 1}: &a${at + 1} [${`*a${at},`.repeat(9)}]`,
    ).join('\n')

    reasonOf(`a0: &a0 [x]\n${bomb}\nservices: *a30`)
    reasonOf('['.repeat(120_000))
    reasonOf(`services:\n${'  x:\n'.repeat(20_000)}`)

    // Of the processor: beside other tests it is a matter of luck how long that is.
    const { user, system } = process.cpuUsage(begun)
    expect((user + system) / 1_000).toBeLessThan(10_000)
  })
})
