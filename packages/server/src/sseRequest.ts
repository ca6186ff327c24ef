/** The part of a `Request` or of node's `IncomingMessage` that a stream needs. */
export interface SSERequest {
  readonly headers:
    | { get(name: string): string | null }
    | { readonly [name: string]: string | readonly string[] | undefined }
  readonly url?: string | undefined
  /** Ends the stream when it aborts. */
  readonly signal?: AbortSignal | undefined
}
