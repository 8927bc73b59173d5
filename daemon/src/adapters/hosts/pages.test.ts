import { describe, expect, it } from 'vitest'
import type { HttpClient } from '#ports/http-client.ts'
import { createGitHosts } from './git-hosts.ts'

const ACCESS = { baseUrl: 'https://git.example', token: 'good' }
const HOSTS = ['github', 'gitlab', 'gitea'] as const

const repositoryOf = (at: number) => ({
  full_name: `anna/project-${at}`,
  path_with_namespace: `anna/project-${at}`,
  clone_url: 'https://git.example/a.git',
  http_url_to_repo: 'https://git.example/a.git',
  ssh_url: 'git@git.example:a.git',
  ssh_url_to_repo: 'git@git.example:a.git',
  default_branch: 'main',
  private: true,
})

/** A host with so many repositories and branches, which gives them by pages; `asked` says which. */
function hostWith(count: number) {
  const asked: string[] = []
  const http: HttpClient = {
    async send({ url }) {
      asked.push(url)
      const query = new URL(url).searchParams
      const size = Number(query.get('per_page') ?? query.get('limit'))
      const page = Number(query.get('page'))
      const word = query.get('search') ?? ''
      const all = url.includes('/branches')
        ? Array.from({ length: count }, (_none, at) => ({ name: `branch-${at}` }))
        : Array.from({ length: count }, (_none, at) => repositoryOf(at)).filter((one) =>
            one.full_name.includes(word),
          )
      const body = JSON.stringify(all.slice((page - 1) * size, page * size))
      return { status: 200, headers: {}, body }
    },
  }
  return { hosts: createGitHosts(http), asked }
}

describe.each(HOSTS)('many repositories at %s', (kind) => {
  it('are found beyond the first page by what is searched', async () => {
    const { hosts } = hostWith(950)
    const found = await hosts[kind].listRepositories(ACCESS, 'anna/project-937')
    expect(found.map(({ name }) => name)).toEqual(['anna/project-937'])
  })

  it('are no more than can be chosen from where nothing is searched', async () => {
    const { hosts, asked } = hostWith(950)
    expect(await hosts[kind].listRepositories(ACCESS, '')).toHaveLength(100)
    expect(asked.length).toBeLessThanOrEqual(2)
  })

  it('have all of their branches shown, up to a thousand, from no more than thirty pages', async () => {
    expect(await hostWith(230).hosts[kind].listBranches(ACCESS, 'anna/blog')).toHaveLength(230)
    const { hosts, asked } = hostWith(100_000)
    const names = await hosts[kind].listBranches(ACCESS, 'anna/blog')
    expect(names).toHaveLength(1_000)
    await hosts[kind].listRepositories(ACCESS, 'anna/nothing-like-it')
    expect(asked.length).toBeLessThanOrEqual(60)
  })
})
