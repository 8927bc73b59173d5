import { CodedError } from '@vastrox/shared/errors.ts'
import { describeNodeAgent, EXIT } from '#test/contracts/node-agent-contract.ts'
import { createFakeNode } from '#test/fakes/agent.ts'

const IMAGE = `sha256:${'a'.repeat(64)}`

describeNodeAgent('the fake', async () => {
  const node = createFakeNode()
  node.images.set(IMAGE, { appId: 'x', buildId: 'y', sizeBytes: 1 })
  node.behave = ({ command }) => (command === EXIT ? { exitCode: 3, logs: ['bye'] } : {})
  node.run = ({ command }) => (command === EXIT ? { exitCode: 3, output: 'bye\n' } : undefined)
  node.build = async ({ files }) => {
    if (files.includes('process.exit(7)')) throw new CodedError('BUILD_FAILED')
    if (files.includes('50000')) await new Promise<never>(() => {})
  }
  return {
    agent: node.agent(),
    installation: node.installation,
    imageId: IMAGE,
    close: async () => {},
  }
})
