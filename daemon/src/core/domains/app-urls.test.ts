import { describe, expect, it } from 'vitest'
import { appUrls, gitSshUrl, gitUrl } from '#core/domains/app-urls.ts'

const HOME = {
  baseDomain: 'localhost',
  httpPort: 8080,
  httpsPort: 8444,
  dashboardUrl: 'https://localhost:8443',
  sshPort: 2222,
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

  it('include the remotes to push to, without a token', () => {
    expect(gitUrl('blog', HOME)).toBe('https://localhost:8443/git/blog.git')
    expect(gitSshUrl('blog', HOME)).toBe('ssh://git@localhost:2222/blog.git')
  })
})
