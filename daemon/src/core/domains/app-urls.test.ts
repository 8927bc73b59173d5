import { describe, expect, it } from 'vitest'
import { appUrls, gitUrl } from '#core/domains/app-urls.ts'

const HOME = {
  baseDomain: 'localhost',
  httpPort: 8080,
  httpsPort: 8444,
  dashboardUrl: 'https://localhost:8443',
}

describe('the addresses of an app', () => {
  it('name their ports where browsers would take others', () => {
    expect(appUrls('blog', HOME)).toEqual([
      'http://blog.localhost:8080',
      'https://blog.localhost:8444',
    ])
    expect(
      appUrls('blog', { ...HOME, baseDomain: 'example.com', httpPort: 80, httpsPort: 443 }),
    ).toEqual(['http://blog.example.com', 'https://blog.example.com'])
  })

  it('include the remote to push to, without a token', () => {
    expect(gitUrl('blog', HOME)).toBe('https://localhost:8443/git/blog.git')
  })
})
