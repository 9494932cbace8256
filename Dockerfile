# docker build -t csagg . && docker run -e POSTGRES_PASSWORD=secret csagg
ARG PG=17

FROM postgres:${PG} AS build
ARG PG
RUN apt-get update && apt-get install -y --no-install-recommends \
        g++ libboost-dev make postgresql-server-dev-${PG} rapidjson-dev
COPY . /csagg
RUN make -C /csagg -j "$(nproc)" && make -C /csagg install DESTDIR=/out

FROM postgres:${PG}
COPY --from=build /out /
