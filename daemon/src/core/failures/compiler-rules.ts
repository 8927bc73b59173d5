import { find, type Rule } from '#core/failures/rule.ts'

/** What Go, Java with Maven or Gradle, and Dockerfiles say. */
export const compilerRules: readonly Rule[] = [
  {
    name: 'go-sum-missing',
    pattern: /missing go\.sum entry for module providing package (\S+)/,
    explain: ([, name]) => ({
      reason: `go.sum has no entry for ${name}.`,
      hint: 'Run `go mod tidy` and commit go.mod and go.sum.',
    }),
  },
  {
    name: 'go-module-not-required',
    pattern:
      /(?:cannot find module providing package|no required module provides package) (\S+?)[:;]/,
    explain: ([, name]) => ({
      reason: `The package ${name} is imported and not required in go.mod.`,
      hint: 'Run `go mod tidy` and commit go.mod and go.sum.',
    }),
  },
  {
    name: 'go-version',
    pattern: /go\.mod requires go >= (\S+) \(running go (\S+?)[;)]/,
    explain: ([, wanted, has]) => ({
      reason: `go.mod wants Go ${wanted}, and this is Go ${has}.`,
      hint: 'Lower the `go` line of go.mod to a version that exists.',
    }),
  },
  {
    name: 'go-compile-error',
    pattern: /^(?:\S+: )?(?:\.\/)?(\S+\.go:\d+)(?::\d+)?: (.+)/,
    stages: ['build'],
    explain: ([, place, what]) => ({
      reason: `Go does not compile ${place}: ${what}`,
      hint: 'Run `go build ./...` on your own machine.',
    }),
  },
  {
    name: 'java-release-not-supported',
    pattern:
      /(?:invalid target release|release version|invalid source release):? (\d+)(?: not supported)?/,
    explain: ([, wanted]) => ({
      reason: `The build asks for Java ${wanted}, which the JDK that builds it does not know.`,
      hint: 'Set the version in the build settings, or lower maven.compiler.release.',
    }),
  },
  {
    name: 'java-class-version',
    pattern: /UnsupportedClassVersionError: (\S+) has been compiled by a more recent version/,
    explain: ([, name]) => ({
      reason: `${name} was compiled for a newer Java than runs it.`,
      hint: 'Set the Java version in the build settings to that of the build.',
    }),
  },
  {
    name: 'java-artifact-not-found',
    pattern: /Could not find artifact (\S+)/,
    explain: ([, name]) => ({
      reason: `The dependency ${name} does not exist in the repositories.`,
      hint: 'Look at its name and version in the build file; a private repository needs its settings.',
    }),
  },
  {
    name: 'java-compile-error',
    pattern: /([\w-]{1,100}\.java):\[?(\d+)(?:,\d+\])?:? (?:error: )?(.+)/,
    stages: ['build'],
    explain: ([, file, line, what]) => ({
      reason: `Java does not compile ${file}, line ${line}: ${what}`,
      hint: 'Run the build on your own machine.',
    }),
  },
  {
    name: 'java-no-main',
    pattern: /no main manifest attribute/,
    explain: () => ({
      reason: 'The jar does not say which class to start.',
      hint: 'Let the build make an executable jar (spring-boot-maven-plugin, or Main-Class in the manifest).',
    }),
  },
  {
    name: 'dockerfile-file-missing',
    pattern:
      /failed to (?:compute cache key|calculate checksum)[^"]*"\/?([^"]+)"(?:: | )not found|COPY failed: .{0,200}?(\S+): no such file/,
    explain: (found, failure) => ({
      reason: `The Dockerfile copies ${found[1] ?? found[2]}, which is not in the source.`,
      hint: find(failure, /\.dockerignore/)
        ? 'Look whether .dockerignore leaves it out.'
        : 'Commit it, or build it in a stage before; .dockerignore and .gitignore may leave it out.',
    }),
  },
]
