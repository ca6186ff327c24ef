import { isResponse } from '../isResponse.ts'
import type { HubAnswer } from './answer.ts'
import { changeSet } from './changeSet.ts'
import { copyResponse } from './copyResponse.ts'
import { addCORS, answerPreflight, isForged } from './cors.ts'
import type { Hub } from './hub.ts'
import { openStream } from './openStream.ts'
import { refusal } from './refusal.ts'

/** Answers the requests of a hub: lets readers in, and takes changes of their sets. */
export class HubDoor {
  readonly #hub: Hub

  constructor(hub: Hub) {
    this.#hub = hub
  }

  /** Tells whether a request is for the path of the hub. */
  isFor(request: Request): boolean {
    const { path } = this.#hub.settings
    return path === false || new URL(request.url).pathname === path
  }

  /** Rejects with what `context`, or another option that is asked about a request, threw, unless that is a response. */
  async answer(request: Request, platform: unknown): Promise<HubAnswer> {
    const { settings, monitor } = this.#hub
    if (!this.isFor(request)) {
      const { path } = settings
      return refusal(404, `This hub answers at ${path}. Its option \`path\` may be false where a route leads to it.`)
    }
    const cors = settings.cors(request)
    const answer = await this.#answer(request, platform, cors)
    if (request.method === 'GET' && answer instanceof Response && answer.status >= 400) monitor.onRefuse(answer.status)
    addCORS(answer.headers, cors)
    return answer
  }

  async #answer(request: Request, platform: unknown, cors: Record<string, string>): Promise<HubAnswer> {
    const { method } = request
    try {
      if (method === 'GET' || method === 'HEAD') return await openStream(this.#hub, request, platform)
      if (method === 'POST') {
        if (isForged(request, cors)) return refusal(403, 'Expected a page of this origin, or of one that `cors` lists.')
        return await changeSet(this.#hub, request, platform)
      }
    } catch (error) {
      if (isResponse(error)) return await copyResponse(error)
      throw error
    }
    if (method === 'OPTIONS') return answerPreflight(request, cors)
    return refusal(405, 'Expected GET or POST.', { allow: 'GET, HEAD, POST, OPTIONS' })
  }
}
