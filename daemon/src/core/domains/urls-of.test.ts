import { expect, it } from 'vitest'
import { createUrlsOf, createUrlsOfApps } from '#core/domains/urls-of.ts'
import { createDomainStore, type DomainRecord } from '#store/domain-store.ts'
import { createHarness } from '#test/harness.ts'

const AT = '2026-11-22T12:00:00.000Z'

function domainsOf() {
  const harness = createHarness()
  const store = createDomainStore(harness.db)
  const add = (appId: string, host: string, change: Partial<DomainRecord> = {}): void =>
    store.saveForPlatform({
      id: harness.newId(),
      teamId: harness.actor.teamId,
      appId,
      host,
      registrable: host,
      redirectTo: null,
      isPrimary: false,
      servedSince: AT,
      provenAt: AT,
      proof: null,
      check: { at: AT, state: 'ready', summary: '', findings: [], records: [], nameServers: [] },
      nextCheckAt: null,
      waitingSince: null,
      createdAt: AT,
      ...change,
    })
  const urlsOfApps = createUrlsOfApps({
    domains: store,
    addresses: {
      baseDomain: 'localhost',
      httpPort: 8080,
      httpsPort: 443,
      dashboardUrl: 'https://localhost:8443',
      sshPort: 2222,
    },
    isTrusted: (host) => host === 'shop.example',
  })
  return { harness, add, urlsOfApps }
}

it('gives each app its own addresses, the primary domain first, and no other app’s', () => {
  const { harness, add, urlsOfApps } = domainsOf()
  const [blog, shop] = [harness.addApp('blog'), harness.addApp('shop')]
  add(shop.id, 'shop.example', { isPrimary: true })
  add(shop.id, 'buy.example')
  add(shop.id, 'old.example', { redirectTo: 'shop.example' })
  add(shop.id, 'soon.example', { servedSince: null })
  add(shop.id, '*.shop.example')
  add(blog.id, 'blog.example', { check: null })

  const found = urlsOfApps(['shop', 'blog', 'nobody'])

  expect([...found]).toEqual([
    [
      'shop',
      [
        'https://shop.example',
        'http://shop.localhost:8080',
        'https://shop.localhost',
        'http://buy.example:8080',
      ],
    ],
    ['blog', ['http://blog.localhost:8080', 'https://blog.localhost']],
    ['nobody', ['http://nobody.localhost:8080', 'https://nobody.localhost']],
  ])
  expect(createUrlsOf(urlsOfApps)('shop')).toEqual(found.get('shop'))
})

it('gives an app none of the domains of one in the trash that had its name', () => {
  const { harness, add, urlsOfApps } = domainsOf()
  const { id } = harness.addApp('shop')
  add(id, 'shop.example', { isPrimary: true })
  harness.apps.markDestroyed(harness.actor, id, AT)
  harness.addApp('shop')

  expect(urlsOfApps(['shop']).get('shop')).toEqual([
    'http://shop.localhost:8080',
    'https://shop.localhost',
  ])
})
