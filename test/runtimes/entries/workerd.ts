import { handle } from '../application/fetchHandler.ts'
import { reportUnhandled } from '../application/observation.ts'

globalThis.addEventListener('unhandledrejection', (event) => reportUnhandled(event.reason))

// oxlint-disable-next-line import/no-default-export -- workerd takes a worker by it
export default { fetch: handle }
