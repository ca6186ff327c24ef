// What the recipes take from frameworks that are not installed here, as those declare it.

declare module '@sveltejs/kit' {
  export type RequestHandler<Params extends Partial<Record<string, string>> = Partial<Record<string, string>>> =
    (event: { params: Params; request: Request; url: URL }) => Response | Promise<Response>
}

declare module 'react-router' {
  export interface LoaderFunctionArgs {
    params: { readonly [key: string]: string | undefined }
    request: Request
  }
}

declare module '@nestjs/common' {
  export function Controller(prefix: string): ClassDecorator
  export function Get(path: string): MethodDecorator
  export function Param(name: string): ParameterDecorator
  export function Req(): ParameterDecorator
  export function Res(): ParameterDecorator
  export class NotFoundException extends Error {}
  export class UnauthorizedException extends Error {}
}

declare module '@nestjs/core' {
  export const NestFactory: {
    create(module: unknown): Promise<{ use(...args: unknown[]): unknown; listen(port: number): Promise<unknown> }>
  }
}
