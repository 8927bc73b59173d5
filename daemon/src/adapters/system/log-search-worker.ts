import { parentPort } from 'node:worker_threads'
import { type SearchTask, searchTask } from '#adapters/system/log-search-task.ts'

parentPort?.on('message', (task: SearchTask) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin
  parentPort?.postMessage(searchTask(task))
})
