import { answer } from './application.ts'

/** The application as a fetch handler. */
export async function handle(request: Request): Promise<Response> {
  const answered = await answer(request.url, { request, body: () => request.text(), upload: () => request.body! })
  if ('json' in answered) return Response.json(answered.json)
  if ('hub' in answered) return answered.hub.fetch(request)
  if ('call' in answered) return new Response(`There is no route ${answered.route}.`, { status: 404 })
  const { stream, mayRefuse, ...init } = answered
  if (!mayRefuse) return stream.toResponse(init)
  try {
    return await stream.respond(init)
  } catch {
    return new Response('The route failed.', { status: 500 })
  }
}
