import { describe, expect, it } from 'vitest'
import {
  formatGitUrl,
  hostNameOf,
  parseGitUrl,
  portOf,
  repositoryOf,
  resolveGitUrl,
} from './git-url.ts'

const formatted = (text: string): string => {
  const parsed = parseGitUrl(text)
  return 'url' in parsed ? formatGitUrl(parsed.url) : parsed.reason
}
const urlOf = (text: string) => {
  const parsed = parseGitUrl(text)
  if ('reason' in parsed) throw new Error(parsed.reason)
  return parsed.url
}

describe('the address of a repository', () => {
  it('is taken in the forms that people copy from their Git hosts', () => {
    for (const [given, kept] of [
      ['https://github.com/anna/blog.git', 'https://github.com/anna/blog.git'],
      [' HTTPS://GitLab.com/group/sub/blog ', 'https://gitlab.com/group/sub/blog'],
      ['https://git.example.com:8443/a/b.git', 'https://git.example.com:8443/a/b.git'],
      ['https://org@dev.azure.com/org/p/_git/r', 'https://dev.azure.com/org/p/_git/r'],
      ['git@github.com:anna/blog.git', 'git@github.com:anna/blog.git'],
      ['ssh://git@host:2222/anna/blog.git', 'ssh://git@host:2222/anna/blog.git'],
      ['ssh://host/~anna/blog', 'ssh://git@host/~anna/blog'],
      ['https://[2001:db8::1]:8443/a.git', 'https://[2001:db8::1]:8443/a.git'],
      ['git@[2001:db8::1]:a.git', 'git@[2001:db8::1]:a.git'],
      // curl would look `github.com.` up by itself, beside the address that it was told (rule C11).
      ['https://GitHub.com./anna/blog.git', 'https://github.com/anna/blog.git'],
    ] as const)
      expect(formatted(given), given).toBe(kept)
  })

  it('says where it is, and what the host calls it', () => {
    expect(portOf(urlOf('git@github.com:a/b.git'))).toBe(22)
    expect(portOf(urlOf('https://a.example/b'))).toBe(443)
    expect(repositoryOf(urlOf('https://gitlab.com/group/sub/blog.git'))).toBe('group/sub/blog')
    expect(repositoryOf(urlOf('git@github.com:a/b.git'))).toBe('a/b')
    expect(hostNameOf(urlOf('https://[2001:DB8::1]/b'))).toBe('2001:db8::1')
  })

  it('is refused in every form that git or a shell would take for something else', () => {
    for (const text of HOSTILE) {
      const parsed = parseGitUrl(text)
      expect('reason' in parsed, text).toBe(true)
    }
  })

  it('that holds a password is refused, and not repeated', () => {
    const parsed = parseGitUrl('https://anna:hunter2@github.com/a/b')
    expect(parsed).toEqual({
      reason: 'An address holds no password or token: give that by itself.',
    })
  })

  it('of a submodule is told from that of its parent', () => {
    const parent = urlOf('https://github.com/anna/blog.git')
    const inner = (text: string): string => {
      const parsed = resolveGitUrl(parent, text)
      return 'url' in parsed ? formatGitUrl(parsed.url) : 'refused'
    }
    expect(inner('../lib.git')).toBe('https://github.com/anna/lib.git')
    expect(inner('./lib')).toBe('https://github.com/anna/blog.git/lib')
    expect(inner('../../../../lib')).toBe('refused')
    expect(inner('../../bert/-x')).toBe('refused')
    expect(inner('git@github.com:bert/x.git')).toBe('git@github.com:bert/x.git')
    expect(inner('ext::sh -c id')).toBe('refused')
  })
})

const HOSTILE = [
  '',
  'ext::sh -c id',
  'ext::ssh git@host %S repo',
  'fd::17/foo',
  'file:///etc/passwd',
  '/etc/passwd',
  '../other',
  'http://example.com/a.git',
  'git://example.com/a.git',
  'ftp://example.com/a',
  'javascript:alert(1)',
  '--upload-pack=touch /tmp/x',
  '-u',
  'ssh://-oProxyCommand=id/x',
  'ssh://git@-oProxyCommand=id/x',
  'git@-oProxyCommand=id:x',
  '-oProxyCommand=id@host:x',
  'git@host:-x',
  'git@host:a/-x',
  'ssh://git@host/-x',
  'https://example.com/a;id',
  'https://example.com/$(id)',
  'https://example.com/`id`',
  'https://example.com/a b',
  "https://example.com/a'b",
  'https://example.com/a"b',
  'https://example.com/a\\b',
  'https://example.com/a\nb',
  'https://example.com/a\0b',
  'https://example.com/../../x',
  'https://example.com/a/./b',
  'https://example.com',
  'https://example.com/',
  'https://example.com//',
  'https:///a/b',
  'https://example.com:0/a',
  'https://example.com:65536/a',
  'https://example.com:22x/a',
  'https://exa mple.com/a',
  'https://exämple.com/a',
  'https://.example.com/a',
  'https://example..com/a',
  'https://[::1/a',
  'https://[zz]/a',
  'https://example.com/a?b=c',
  'https://example.com/a#b',
  'https://user:pass@example.com/a',
  'https://a@b@c:d@example.com/a',
  'host:22/a.git',
  'C:\\repo',
  'git@host',
  'git@host:',
  'git@host::x',
  'git@ho$t:x',
  'gi t@host:x',
  'git@host:$(id)',
  'git@host:`id`',
  "git@host:a'b",
  'git@host:a|b',
  'git@host:a&b',
  'git@host:%2d',
  `https://example.com/${'a'.repeat(600)}`,
]
