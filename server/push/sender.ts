export type PushTester = { test(deviceId: string): Promise<{ delivered: boolean; statusCode: number | null; detail: string }> }
