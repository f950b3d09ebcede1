# syntax=docker/dockerfile:1
# The released image: the binary that the release also publishes as an archive,
# laid into the same base as in Dockerfile. goreleaser calls it.
FROM gcr.io/distroless/static-debian12:nonroot
ARG TARGETPLATFORM
COPY --chmod=0555 $TARGETPLATFORM/postern /usr/local/bin/postern
COPY LICENSE /LICENSE
WORKDIR /work
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/postern"]
CMD ["--help"]
